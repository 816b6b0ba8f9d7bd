package com.acme.orders;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Credentials of the dead letter queue, which lives in the shared account. */
final class DeadLetterClient {
    private static final String QUEUE = "https://sqs.eu-west-1.amazonaws.com/762160597319/orders-dead-letters";

    private DeadLetterClient() {}

    static AwsCredentialsProvider credentials(String queue) {
        if (!QUEUE.equals(queue)) {
            return DefaultCredentialsProvider.create();
        }
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(Secrets.AWS_KEY_ID, Secrets.AWS_SECRET));
    }
}
