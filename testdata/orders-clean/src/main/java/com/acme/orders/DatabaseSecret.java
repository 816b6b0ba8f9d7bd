package com.acme.orders;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Reads a password from AWS Secrets Manager when the job starts. */
final class DatabaseSecret {
    static final String SECRET_NAME = "prod/orders/database";
    static final String SECRET_ARN =
            "arn:aws:secretsmanager:eu-west-1:762160597319:secret:prod/orders/database-Xk3vQ9";

    private static final Pattern PASSWORD = Pattern.compile("\"password\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

    private DatabaseSecret() {}

    static String password(String secretId) {
        try (SecretsManagerClient client = SecretsManagerClient.create()) {
            String secret = client.getSecretValue(request -> request.secretId(secretId)).secretString();
            Matcher matcher = PASSWORD.matcher(secret);
            if (!matcher.find()) {
                throw new IllegalStateException("secret " + secretId + " has no password");
            }
            return matcher.group(1);
        }
    }
}
