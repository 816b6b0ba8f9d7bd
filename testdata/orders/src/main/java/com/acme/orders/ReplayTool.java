package com.acme.orders;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.streaming.connectors.kinesis.config.ConsumerConfigConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replays a day of orders. Run by hand. */
public final class ReplayTool {
    private static final Logger LOG = LoggerFactory.getLogger(ReplayTool.class);

    private static final String USAGE =
            "usage: replay --day YYYY-MM-DD [--access-key AKIAIOSFODNN7EXAMPLE --secret-key <secret>] [--db.password <password>]";
    private static final String PASSWORD_OPTION = "--db.password";

    private ReplayTool() {}

    public static void main(String[] args) {
        if (args.length == 0) {
            LOG.error(USAGE);
            return;
        }
        for (String arg : args) {
            LOG.info("argument {}", PASSWORD_OPTION.equals(arg) ? "(password)" : arg);
        }
        LOG.info("replaying with {} settings", consumerSettings().size());
    }

    private static Map<String, String> consumerSettings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("aws.region", "eu-west-1");
        settings.put(ConsumerConfigConstants.AWS_ACCESS_KEY_ID, Secrets.AWS_KEY_ID);
        settings.put(ConsumerConfigConstants.AWS_SECRET_ACCESS_KEY, Secrets.AWS_SECRET);
        return settings;
    }
}
