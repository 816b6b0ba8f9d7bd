package com.acme.blind;
import com.amazonaws.auth.*;
import java.util.*;
import java.sql.*;
import org.apache.flink.configuration.*;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.aws.config.AWSConfigConstants;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.table.api.*;
import org.springframework.beans.factory.annotation.Value;
import software.amazon.awssdk.auth.credentials.*;

/** Connectors and clients. */
class Blind2 {
    static void use(Object o) { System.out.println(o); }
    static final ConfigOption<String> TOKEN = ConfigOptions.key("api.token").stringType().defaultValue("⟦alnum40⟧").withDescription("The token of the API.");
    public static final ConfigOption<String> PASSWORD = ConfigOptions.key("password").stringType().noDefaultValue().withDescription("The password.");
    @Value("${db.password:⟦gen⟧}") private String dbPassword;
    @Value("⟦gen⟧") private String kafkaPassword;
    @Value("${api.token}") private String apiToken;

    void configOption(Configuration c) { c.set(PASSWORD, "⟦gen⟧"); }
    void constants() {
        Properties p = new Properties();
        p.put(AWSConfigConstants.AWS_ACCESS_KEY_ID, "⟦id:a⟧");
        p.put(AWSConfigConstants.AWS_SECRET_ACCESS_KEY, "⟦key:a⟧");
        use(p);
    }
    void jdbcOptions() {
        use(new JdbcConnectionOptions.JdbcConnectionOptionsBuilder().withUrl("jdbc:mysql://db.acme.internal/x").withUsername("u").withPassword("⟦plain⟧").build());
    }
    void driverManager() throws SQLException { use(DriverManager.getConnection("jdbc:mysql://db.acme.internal/x", "u", "⟦plain⟧")); }
    void driverManagerUrl() throws SQLException { use(DriverManager.getConnection("jdbc:mysql://db.acme.internal/x?user=u&password=⟦gen⟧")); }
    void driverManagerProps() throws SQLException {
        Properties info = new Properties();
        info.setProperty("user", "u");
        info.setProperty("password", "⟦plain⟧");
        use(DriverManager.getConnection("jdbc:mysql://db.acme.internal/x", info));
    }
    void kafka() {
        use(KafkaSource.<String>builder().setBootstrapServers("k.acme.internal:9092")
            .setProperty("sasl.jaas.config", "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"⟦gen⟧\";")
            .setProperty("ssl.keystore.password", "⟦gen⟧")
            .build());
    }
    void descriptor() {
        use(TableDescriptor.forConnector("jdbc").option("url", "jdbc:mysql://db.acme.internal/x").option("password", "⟦gen⟧").build());
    }
    void sql(TableEnvironment env, String table) {
        env.executeSql("CREATE TABLE " + table + " (id INT) WITH (" +
            "'connector' = 'jdbc', 'url' = 'jdbc:mysql://db.acme.internal/x'," +
            "'username' = 'u', 'password' = '⟦gen⟧')");
    }
    void hadoop(org.apache.hadoop.conf.Configuration h) {
        h.set("fs.s3a.access.key", "⟦id:b⟧");
        h.set("fs.s3a.secret.key", "⟦key:b⟧");
    }
    void hikari(com.zaxxer.hikari.HikariConfig h) {
        h.setJdbcUrl("jdbc:mysql://db.acme.internal/x");
        h.setPassword("⟦plain⟧");
        h.addDataSourceProperty("password", "⟦gen⟧");
    }
    void mongo() { use(com.mongodb.MongoCredential.createCredential("u", "admin", "⟦plain⟧".toCharArray())); }
    void jedis(redis.clients.jedis.Jedis j) { j.auth("⟦plain⟧"); }
    void jedisPool() { use(new redis.clients.jedis.JedisPool(null, "cache.acme.internal", 6379, 2000, "⟦gen⟧")); }
    void httpCredentials() { use(new org.apache.http.auth.UsernamePasswordCredentials("elastic", "⟦gen⟧")); }
    void okhttp() { use(okhttp3.Credentials.basic("svc", "⟦gen⟧")); }
    void bearer() { use(new okhttp3.Request.Builder().addHeader("Authorization", "Bearer ⟦alnum40⟧").header("x-api-key", "⟦alnum32⟧")); }
    void jwt(io.jsonwebtoken.JwtBuilder b) { use(b.signWith("HS256", "⟦alnum40⟧")); }
    void algorithm() { use(com.auth0.jwt.algorithms.Algorithm.HMAC256("⟦gen⟧")); }
    void cassandra(com.datastax.oss.driver.api.core.CqlSessionBuilder b) { b.withAuthCredentials("u", "⟦gen⟧"); }
    void es(org.elasticsearch.client.RestClientBuilder b) {
        b.setDefaultHeaders(new Object[] {new org.apache.http.message.BasicHeader("Authorization", "ApiKey ⟦alnum60⟧")});
    }
    void rabbit(com.rabbitmq.client.ConnectionFactory f) {
        f.setPassword("⟦plain⟧");
        f.setUri("amqps://svc:⟦gen⟧@mq.acme.internal:5671/v");
    }
    void minio() { use(io.minio.MinioClient.builder().endpoint("https://minio.acme.internal").credentials("⟦upper20⟧", "⟦mixed40⟧").build()); }
    void pulsar() { use(org.apache.pulsar.client.api.AuthenticationFactory.token("⟦jwt⟧")); }
    void azure() { use(new com.azure.storage.common.StorageSharedKeyCredential("acme", "⟦azkey⟧")); }
    void guava() {
        use(com.google.common.collect.ImmutableMap.of("accessKey", "⟦id:c⟧", "secretKey", "⟦key:c⟧"));
        use(com.google.common.collect.ImmutableMap.<String, String>builder().put("password", "⟦gen⟧").put("user", "u").build());
    }
    void session() { use(AwsSessionCredentials.create("⟦sid:d⟧", "⟦key:d⟧", "⟦session:d⟧")); }
    void url() throws Exception { use(new java.net.URL("https://u:⟦gen⟧@api.acme.io/x")); }
    void connString() { use("DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=⟦azkey⟧;EndpointSuffix=core.windows.net"); }
    void eventHubs() { use("Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=⟦mixed44⟧"); }
    void authenticator() {
        java.net.Authenticator.setDefault(new java.net.Authenticator() {
            @Override protected java.net.PasswordAuthentication getPasswordAuthentication() {
                return new java.net.PasswordAuthentication("svc", "⟦gen⟧".toCharArray());
            }
        });
    }
    void dataSource(DataSource2 ds) { ds.setUser("u"); ds.setPwd("⟦gen⟧"); ds.password = "⟦plain⟧"; }
    static class DataSource2 { String password; void setUser(String s) {} void setPwd(String s) {} }
    void ssh(Session s) { s.setPassword("⟦plain⟧"); s.login("deploy", "⟦gen⟧"); }
    interface Session { void setPassword(String p); void login(String user, String pass); }
    void own(Client c) { c.authenticate("svc", "⟦gen⟧"); c.withToken("⟦alnum40⟧"); c.signIn("a@acme.io", "⟦gen⟧"); }
    interface Client { Client authenticate(String user, String password); Client withToken(String t); void signIn(String mail, String password); }
    void namedParams() { Helper.open("db.acme.internal", 5432, "orders", "⟦gen⟧"); }
    static class Helper { static void open(String host, int port, String user, String password) { use(host + port + user + password); } }
}
