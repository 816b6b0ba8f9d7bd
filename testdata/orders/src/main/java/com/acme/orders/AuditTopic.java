package com.acme.orders;

import java.util.Properties;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.common.config.SaslConfigs;

/** Every order is copied to Kafka for the auditors. */
final class AuditTopic {
    private static final String BROKERS = "b-1.audit.acme.internal:9096,b-2.audit.acme.internal:9096";

    private AuditTopic() {}

    static KafkaSink<String> sink() {
        return KafkaSink.<String>builder()
                .setBootstrapServers(BROKERS)
                .setKafkaProducerConfig(security())
                .setRecordSerializer(
                        KafkaRecordSerializationSchema.builder()
                                .setTopic("orders-audit")
                                .setValueSerializationSchema(new SimpleStringSchema())
                                .build())
                .build();
    }

    private static Properties security() {
        Properties security = new Properties();
        security.put("security.protocol", "SASL_SSL");
        security.put(SaslConfigs.SASL_MECHANISM, "SCRAM-SHA-512");
        security.put(
                SaslConfigs.SASL_JAAS_CONFIG,
                "org.apache.kafka.common.security.scram.ScramLoginModule required"
                        + " username=\"orders-audit\" password=\"M3ridi4n_Saffron!89q\";");
        return security;
    }

    /** What the cluster in the new account uses: no password at all. */
    static Properties iam() {
        Properties security = new Properties();
        security.put("security.protocol", "SASL_SSL");
        security.put(SaslConfigs.SASL_MECHANISM, "AWS_MSK_IAM");
        security.put(SaslConfigs.SASL_JAAS_CONFIG, "software.amazon.msk.auth.iam.IAMLoginModule required;");
        return security;
    }

    /** The template for users that are kept in Secrets Manager. */
    static String jaas(String user, String password) {
        return String.format(
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";",
                user, password);
    }
}
