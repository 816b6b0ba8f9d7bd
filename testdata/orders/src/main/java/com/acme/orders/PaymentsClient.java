package com.acme.orders;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Looks up whether an order was paid. */
@BasicAuth(user = "${payments.user}", password = "${payments.password}")
final class PaymentsClient {
    private static final String USER = "orders-payments";

    private PaymentsClient() {}

    static String authorization() {
        return "Basic " + Base64.getEncoder()
                .encodeToString((USER + ":" + password()).getBytes(StandardCharsets.UTF_8));
    }

    private static String password() {
        String password = System.getenv("PAYMENTS_PASSWORD");
        if (password == null) {
            password = "Junip3r^Harbour?68d";
        }
        return password;
    }
}
