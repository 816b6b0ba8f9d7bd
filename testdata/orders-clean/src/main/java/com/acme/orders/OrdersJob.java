package com.acme.orders;

import com.acme.common.AuditStore;
import com.amazonaws.services.kinesisanalytics.runtime.KinesisAnalyticsRuntime;
import java.io.IOException;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.aws.config.AWSConfigConstants;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.connectors.kinesis.FlinkKinesisConsumer;
import org.apache.flink.streaming.connectors.kinesis.config.ConsumerConfigConstants;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads orders from Kinesis, checks them, writes them to PostgreSQL. */
public final class OrdersJob {
    private static final Logger LOG = LoggerFactory.getLogger(OrdersJob.class);

    private static final String LOCAL_PROPERTIES = "flink-application-properties-dev.json";
    private static final String INPUT_GROUP = "InputStream0";
    private static final String DEFAULT_STREAM = "acme-orders";

    private OrdersJob() {}

    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        Map<String, Properties> groups = applicationProperties(env);
        Properties application = groups.getOrDefault("FlinkApplicationProperties", new Properties());
        String secretId = application.getProperty("db.secret.name", DatabaseSecret.SECRET_NAME);
        LOG.info("Database user {}, password read from secret {}", application.getProperty("db.username"), secretId);
        Checkpointing.configure(env, application);

        Properties source = new Properties();
        source.putAll(groups.getOrDefault(INPUT_GROUP, new Properties()));
        source.setProperty(AWSConfigConstants.AWS_REGION, "eu-west-1");
        source.setProperty(AWSConfigConstants.AWS_CREDENTIALS_PROVIDER, "AUTO");
        source.setProperty(ConsumerConfigConstants.STREAM_INITIAL_POSITION, "TRIM_HORIZON");

        SingleOutputStreamOperator<Order> orders =
                env.addSource(new FlinkKinesisConsumer<>(DEFAULT_STREAM, new SimpleStringSchema(), source))
                        .uid("orders-source")
                        .flatMap(new OrderParser())
                        .uid("orders-parser");

        orders.addSink(OrdersSink.postgres(application.getProperty("db.url"), DatabaseSecret.password(secretId)))
                .uid("orders-postgres");
        orders.map(Order::toString).sinkTo(AuditTopic.sink()).uid("orders-audit");
        LOG.info("Audit trail is kept in {}", AuditStore.DATABASE);

        StreamTableEnvironment tables = StreamTableEnvironment.create(env);
        ReferenceTables.register(tables, System.getenv("WAREHOUSE_PASSWORD"));
        env.execute("orders");
    }

    private static Map<String, Properties> applicationProperties(StreamExecutionEnvironment env) throws IOException {
        if (env instanceof LocalStreamEnvironment) {
            LOG.warn("Running locally with {}", LOCAL_PROPERTIES);
            return KinesisAnalyticsRuntime.getApplicationProperties(
                    OrdersJob.class.getClassLoader().getResource(LOCAL_PROPERTIES).getPath());
        }
        return KinesisAnalyticsRuntime.getApplicationProperties();
    }
}
