package com.acme.orders;

import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Checkpoints go to a bucket of the shared account, outside the application's own role. */
final class Checkpointing {
    private static final String DIRECTORY = "s3://acme-shared-checkpoints/orders";

    private Checkpointing() {}

    static void configure(StreamExecutionEnvironment env, Properties application) {
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.dir", DIRECTORY);
        configuration.setString("s3.access-key", Secrets.AWS_KEY_ID);
        configuration.setString("s3.secret-key", Secrets.AWS_SECRET);
        configuration.setString("s3.endpoint.region", "eu-west-1");
        env.configure(configuration);
        env.enableCheckpointing(Long.parseLong(application.getProperty("checkpoint.interval.ms", "60000")));
    }
}
