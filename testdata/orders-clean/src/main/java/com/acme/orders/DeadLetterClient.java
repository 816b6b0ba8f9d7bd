package com.acme.orders;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** Credentials of the dead letter queue: the role of the application. */
final class DeadLetterClient {
    private DeadLetterClient() {}

    static AwsCredentialsProvider credentials() {
        return DefaultCredentialsProvider.create();
    }
}
