package com.acme;
public class Job {
    /** The password is read from Secrets Manager. */
    private static final String PASSWORD_KEY = "db.password";
    private static final String DB_PASSWORD = "⟦pw⟧";
    static final String AWS_KEY = "⟦id:a⟧", AWS_SECRET = "⟦key:a⟧";
    @Value("${api.token:⟦alnum40⟧}") String apiToken;
    public static void main(String[] args) throws Exception {
        Properties props = new Properties();
        props.setProperty(AWSConfigConstants.AWS_ACCESS_KEY_ID, "⟦id:b⟧");
        props.setProperty(AWSConfigConstants.AWS_SECRET_ACCESS_KEY, "⟦key:b⟧");
        props.put("sasl.jaas.config", "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"⟦gen⟧\";");
        AWSCredentials c = new BasicAWSCredentials("⟦id:c⟧", "⟦key:c⟧");
        AwsCredentials c2 = AwsBasicCredentials.create(
            "⟦id:d⟧",
            "⟦key:d⟧");
        new JdbcConnectionOptions.JdbcConnectionOptionsBuilder().withUrl("jdbc:mysql://db.acme.internal/x").withPassword("⟦gen⟧").build();
        DriverManager.getConnection("jdbc:mysql://db.acme.internal/x", "u", "⟦gen⟧");
        tEnv.executeSql("CREATE TABLE t (a INT) WITH (" +
            "'connector' = 'jdbc'," +
            "'password' = '⟦gen⟧')");
        tEnv.executeSql("""
            CREATE TABLE k (a INT) WITH ('connector'='kafka',
              'properties.ssl.keystore.password' = '⟦gen⟧')
            """);
        String password = System.getenv().getOrDefault("DB_PASSWORD", "⟦gen⟧");
        String p2 = Optional.ofNullable(System.getenv("X_PASSWORD")).orElse("⟦gen⟧");
        Map<String, String> m = Map.of("s3.access-key", "⟦id:e⟧", "s3.secret-key", "⟦key:e⟧");
        config.set(TOKEN_OPTION, "⟦alnum40⟧");
        conf.setString("fs.s3a.secret.key", "⟦key⟧");
        ds.setPassword("⟦plain⟧");
        char[] pw = "⟦gen⟧".toCharArray();
        if (password == null) throw new IllegalStateException("No password: set DB_PASSWORD");
        log.info("password={}", mask(password));
        return password.equals("⟦gen⟧");
    }
}
