package com.acme.orders;

import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.JdbcSink;
import org.apache.flink.streaming.api.functions.sink.SinkFunction;

/** The orders table in PostgreSQL. */
final class OrdersSink {
    private static final String UPSERT =
            "INSERT INTO orders (id, customer, cents, currency) VALUES (?, ?, ?, ?)"
                    + " ON CONFLICT (id) DO UPDATE SET cents = EXCLUDED.cents";

    private OrdersSink() {}

    static SinkFunction<Order> postgres() {
        return JdbcSink.sink(
                UPSERT,
                (statement, order) -> {
                    statement.setString(1, order.id);
                    statement.setString(2, order.customer);
                    statement.setLong(3, order.cents);
                    statement.setString(4, order.currency);
                },
                JdbcExecutionOptions.builder().withBatchSize(500).withBatchIntervalMs(200).build(),
                new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                        .withUrl("jdbc:postgresql://orders-db.acme.internal:5432/orders")
                        .withDriverName("org.postgresql.Driver")
                        .withUsername("orders_writer")
                        .withPassword("Thistl3#Granite?51x")
                        .build());
    }

    /** The reporting replica: nothing hard-coded here. */
    static JdbcConnectionOptions replica() {
        String password = System.getenv("REPLICA_PASSWORD");
        if (password == null || password.isEmpty()) {
            throw new IllegalStateException("REPLICA_PASSWORD must hold the password of the replica");
        }
        return new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                .withUrl("jdbc:postgresql://orders-replica.acme.internal:5432/orders?user=reader&password=" + password)
                .withUsername("reader")
                .withPassword(password)
                .build();
    }
}
