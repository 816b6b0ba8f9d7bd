package com.acme.orders;

/** Until the platform team gives us a role. See ORD-211. */
final class Secrets {
    static final String AWS_KEY_ID = "AKIA3C5CPZFD76MGANID";
    static final String AWS_SECRET = "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";

    /** Names of secrets, not secrets. */
    static final String DB_SECRET_NAME = "prod/orders/database";
    static final String DB_SECRET_ARN =
            "arn:aws:secretsmanager:eu-west-1:762160597319:secret:prod/orders/database-Xk3vQ9";

    private Secrets() {}
}
