package com.acme.orders;

/** Takes the defaults of {@link BasicAuth}. */
@BasicAuth
final class InvoiceClient {
    private InvoiceClient() {}

    static String user() {
        return InvoiceClient.class.getAnnotation(BasicAuth.class).user();
    }
}
