package com.acme.orders;

import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Checkpoints go to the application's own bucket, with the application's own role. */
final class Checkpointing {
    private static final String DIRECTORY = "s3://acme-orders-checkpoints/orders";

    private Checkpointing() {}

    static void configure(StreamExecutionEnvironment env, Properties application) {
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.dir", DIRECTORY);
        configuration.setString("s3.endpoint.region", "eu-west-1");
        configuration.setString(
                "fs.s3a.aws.credentials.provider", "com.amazonaws.auth.WebIdentityTokenCredentialsProvider");
        env.configure(configuration);
        env.enableCheckpointing(Long.parseLong(application.getProperty("checkpoint.interval.ms", "60000")));
    }
}
