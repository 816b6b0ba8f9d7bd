CREATE TABLE k (v STRING) WITH ('properties.sasl.jaas.config' = 'org.apache.kafka.common.security.scram.ScramLoginModule required username=''app'' password=''⟦gen⟧'';', 'connector' = 'kafka');
