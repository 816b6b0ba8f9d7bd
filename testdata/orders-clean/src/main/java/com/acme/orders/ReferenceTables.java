package com.acme.orders;

import org.apache.flink.table.api.TableEnvironment;

/** Tables that the enrichment queries join. */
final class ReferenceTables {
    private ReferenceTables() {}

    static void register(TableEnvironment tables, String warehousePassword) {
        tables.executeSql(
                "CREATE TABLE price_updates (\n"
                        + "  sku STRING,\n"
                        + "  cents BIGINT,\n"
                        + "  updated_at TIMESTAMP(3)\n"
                        + ") WITH (\n"
                        + "  'connector' = 'kinesis',\n"
                        + "  'stream' = 'acme-price-updates',\n"
                        + "  'aws.region' = 'eu-central-1',\n"
                        + "  'aws.credentials.provider' = 'AUTO',\n"
                        + "  'format' = 'json'\n"
                        + ")");
        tables.executeSql(
                "CREATE TABLE warehouse (sku STRING, stock INT) WITH ("
                        + "'connector' = 'jdbc', 'url' = 'jdbc:postgresql://warehouse.acme.internal:5432/stock',"
                        + " 'table-name' = 'stock', 'username' = 'orders', 'password' = '" + warehousePassword + "')");
        tables.executeSql(
                "CREATE TABLE customers (id STRING, password_hash STRING, token_count INT) WITH ("
                        + "'connector' = 'jdbc', 'url' = 'jdbc:postgresql://crm.acme.internal:5432/crm',"
                        + " 'table-name' = 'customers', 'username' = 'orders', 'password' = '${CRM_PASSWORD}')");
    }
}
