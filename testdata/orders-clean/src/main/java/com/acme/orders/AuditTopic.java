package com.acme.orders;

import java.util.Properties;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.common.config.SaslConfigs;

/** Every order is copied to Kafka for the auditors. */
final class AuditTopic {
    private static final String BROKERS = "b-1.audit.acme.internal:9098,b-2.audit.acme.internal:9098";

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
        security.put(SaslConfigs.SASL_MECHANISM, "AWS_MSK_IAM");
        security.put(SaslConfigs.SASL_JAAS_CONFIG, "software.amazon.msk.auth.iam.IAMLoginModule required;");
        security.put("sasl.client.callback.handler.class", "software.amazon.msk.auth.iam.IAMClientCallbackHandler");
        security.put("ssl.truststore.password", "${s3import:eu-west-1:acme-truststores/password}");
        return security;
    }

    /** The template for users that are kept in Secrets Manager. */
    static String jaas(String user, String password) {
        return String.format(
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";",
                user, password);
    }
}
