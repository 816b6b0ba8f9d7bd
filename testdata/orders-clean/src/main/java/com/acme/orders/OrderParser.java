package com.acme.orders;

import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a line into an order; malformed lines are logged without their payment token. */
final class OrderParser implements FlatMapFunction<String, Order> {
    private static final Logger LOG = LoggerFactory.getLogger(OrderParser.class);
    private static final long serialVersionUID = 1L;

    /** SHA-1 of the feed's schema: 40 hexadecimal digits. */
    private static final String SCHEMA_DIGEST = "9b74c9897bac770ffc029102a200c5de8f1c3a20";

    @Override
    public void flatMap(String line, Collector<Order> out) {
        String[] cells = line.split(";");
        if (cells.length < 4) {
            LOG.warn("Not an order of schema {}: {} cells, token=*****", SCHEMA_DIGEST, cells.length);
            return;
        }
        switch (cells[3]) {
            case "password":
            case "secret":
                throw new IllegalArgumentException("a credential was sent where a currency belongs");
            default:
                out.collect(new Order(cells[0], cells[1], Long.parseLong(cells[2]), cells[3]));
        }
    }
}
