-- Orders in, everything out.
SET 'execution.checkpointing.interval' = '60 s';
SET 's3.access-key' = '⟦id:a⟧';
SET 's3.secret-key' = '⟦key:a⟧';
SET sql-client.execution.result-mode = 'tableau';

CREATE TABLE orders (
  `order_id` STRING,
  `password` STRING COMMENT 'hash of the password of the customer',
  `token` VARCHAR(64),
  secret_id BIGINT,
  PRIMARY KEY (order_id) NOT ENFORCED
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'properties.bootstrap.servers' = 'b-1.orders.kafka.eu-west-1.amazonaws.com:9096',
  'properties.security.protocol' = 'SASL_SSL',
  'properties.sasl.mechanism' = 'SCRAM-SHA-512',
  'properties.sasl.jaas.config' = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="orders" password="⟦pw⟧";',
  'properties.ssl.truststore.password' = '⟦gen⟧',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'https://schema.acme.io',
  'value.avro-confluent.basic-auth.credentials-source' = 'USER_INFO',
  'value.avro-confluent.basic-auth.user-info' = 'Q7WMB2XKD4ZRTLVA:⟦mixed64⟧'
);

CREATE TABLE IF NOT EXISTS customers (id INT, name STRING) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:mysql://db.acme.internal:3306/crm',
  'table-name' = 'customers',
  'username' = 'crm_reader', 'password' = '⟦plain⟧'
);
create temporary table events (id int) with ('connector'='mysql-cdc','hostname'='db.acme.internal','port'='3306','username'='cdc','password'='⟦pw⟧','database-name'='crm','table-name'='.*');
CREATE TABLE docs (id STRING) WITH ('connector' = 'mongodb', 'uri' = 'mongodb+srv://svc:⟦gen⟧@cluster0.acme.mongodb.net/?retryWrites=true', 'database' = 'd', 'collection' = 'c');
CREATE TABLE search (id STRING) WITH ('connector'='elasticsearch-7','hosts'='https://es.acme.io:9200','index'='orders','username'='elastic','password'='⟦alnum24⟧');
CREATE TABLE streams (id STRING) PARTITIONED BY (id) WITH (
  'connector' = 'kinesis', 'stream' = 'orders', 'aws.region' = 'eu-west-1',
  'aws.credentials.provider' = 'BASIC',
  'aws.credentials.basic.accesskeyid' = '⟦id:b⟧',
  'aws.credentials.basic.secretkey' = '⟦key:b⟧'
);
CREATE TABLE pulsar_in (id STRING) WITH ('connector'='pulsar','topics'='persistent://public/default/orders','service-url'='pulsar+ssl://p.acme.io:6651','source.pulsar.client.authPluginClassName'='org.apache.pulsar.client.impl.auth.AuthenticationToken','pulsar.client.authParams'='token:⟦jwt⟧');
CREATE TABLE redis_sink (k STRING) WITH ('connector'='redis','host'='cache.acme.internal','redis-mode'='single','password'='⟦strong⟧');
CREATE TABLE ck (k STRING) WITH ('connector'='clickhouse','url'='clickhouse://ck.acme.internal:8123','username'='default','password'='⟦hex32⟧');
CREATE TABLE sr (k STRING) WITH ('connector'='starrocks','jdbc-url'='jdbc:mysql://fe.acme.internal:9030','load-url'='fe.acme.internal:8030','username'='flink','password'='⟦gen⟧');
CREATE TABLE dor (k STRING) WITH ('connector'='doris','fenodes'='fe.acme.internal:8030','username'='flink','password'='⟦pw⟧');
CREATE TABLE odps (k STRING) WITH ('connector'='odps','endpoint'='http://service.odps.aliyun.com/api','accessId'='⟦ltai⟧','accessKey'='⟦alnum30⟧');
CREATE TABLE dyn (k STRING) WITH ('connector'='dynamodb','table-name'='t','aws.region'='us-east-1','aws.credentials.provider.basic.accesskeyid'='⟦id:c⟧','aws.credentials.provider.basic.secretkey'='⟦key:c⟧');
CREATE CATALOG ice WITH ('type'='iceberg','catalog-impl'='org.apache.iceberg.rest.RESTCatalog','uri'='https://cat.acme.io','credential'='flink-svc:⟦alnum32⟧','warehouse'='s3://lake/');
CREATE CATALOG ice2 WITH ('type'='iceberg','catalog-type'='rest','uri'='https://cat.acme.io','token'='⟦jwt⟧','s3.access-key-id'='⟦id:d⟧','s3.secret-access-key'='⟦key:d⟧');
CREATE CATALOG paimon WITH ('type'='paimon','warehouse'='oss://lake/','fs.oss.accessKeyId'='⟦ltai⟧','fs.oss.accessKeySecret'='⟦alnum30⟧');
CREATE CATALOG dlf WITH ('type'='paimon','metastore'='rest','uri'='http://x','dlf.access-key-id'='⟦ltai⟧','dlf.access-key-secret'='⟦alnum30⟧');
CREATE CATALOG pg WITH ('type'='jdbc','default-database'='crm','username'='flink','password'='⟦lower12⟧','base-url'='jdbc:postgresql://pg.acme.internal:5432');
CREATE TABLE hudi_sink (k STRING) WITH ('connector'='hudi','path'='s3a://lake/orders','hoodie.aws.access.key'='⟦id:e⟧','hoodie.aws.secret.key'='⟦key:e⟧');
CREATE MODEL m INPUT (t STRING) OUTPUT (s STRING) WITH ('provider'='openai','endpoint'='https://api.openai.com/v1/chat/completions','model'='gpt-4','api-key'='⟦urlsafe48⟧');
CREATE TABLE amq (k STRING) WITH ('connector'='rabbitmq','uri'='amqp://svc:⟦gen⟧@mq.acme.internal:5672/%2f','queue'='q');
CREATE TABLE snow (k STRING) WITH ('connector'='jdbc','url'='jdbc:snowflake://acme.snowflakecomputing.com/?user=etl&password=⟦gen⟧&db=x','table-name'='t');
CREATE TABLE mssql (k STRING) WITH ('connector'='jdbc','url'='jdbc:sqlserver://ms.acme.internal:1433;databaseName=x;user=sa;password=⟦strong⟧;encrypt=true','table-name'='t');
CREATE TABLE ora (k STRING) WITH ('connector'='jdbc','url'='jdbc:oracle:thin:scott/⟦gen⟧@//ora.acme.internal:1521/XE','table-name'='t');
ALTER TABLE customers SET ('password' = '⟦pw⟧');
CREATE USER etl IDENTIFIED BY '⟦gen⟧';
ALTER USER etl WITH PASSWORD '⟦gen⟧';
COPY orders FROM 's3://lake/x' CREDENTIALS 'aws_access_key_id=⟦id:g⟧;aws_secret_access_key=⟦key:g⟧';
CREATE STAGE st URL='s3://lake/' CREDENTIALS=(AWS_KEY_ID='⟦id:h⟧' AWS_SECRET_KEY='⟦key:h⟧');
CREATE SECRET s3 (TYPE S3, KEY_ID '⟦id:i⟧', SECRET '⟦key:i⟧', REGION 'eu-west-1');
INSERT INTO customers SELECT /*+ OPTIONS('properties.sasl.jaas.config'='org.apache.kafka.common.security.plain.PlainLoginModule required username="k" password="⟦gen⟧";') */ * FROM orders;
SELECT id, password, token FROM users WHERE password = '' OR password_hash = MD5('x') AND secret IS NOT NULL;
-- CREATE TABLE old (k INT) WITH ('connector'='jdbc','url'='jdbc:mysql://db.acme.internal/x','password'='⟦pw⟧');
EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT * FROM b; END;
GRANT SELECT ON users TO 'reader'@'%' IDENTIFIED BY '⟦gen⟧';
SET PASSWORD FOR 'etl'@'%' = '⟦gen⟧';
