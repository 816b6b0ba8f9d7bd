package com.acme;
public enum Validators {
    PASSWORD("password"), TOKEN("token"), API_KEY("apiKey"), SECRET_KEY("secret-key");
    private final String key;
    Validators(String key) { this.key = key; }
    static final String PASSWORD_PATTERN = "^(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d@$!%*?&]{8,}$";
    static final String ERROR_PASSWORD_TOO_SHORT = "Password must have at least 12 characters";
    static final String SECRET_NAME = "prod/orders/db", SECRET_ID = "orders-db-credentials";
    static final String TOKEN_HEADER = "X-Auth-Token", TOKEN_TYPE = "Bearer", TOKEN_PREFIX = "tok_";
    static final String PASSWORD_ENV = "DB_PASSWORD", passwordProperty = "spring.datasource.password";
    static final String API_KEY_PARAMETER = "/prod/orders/api-key";
    static final String TOKEN_URL = "https://auth.acme.io/oauth2/token";
    static final String SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf";
    String password(String prompt) { return System.console().readPassword("Password: ").toString(); }
    String hash = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
    String tokenEndpoint = "/v1/token", passwordFile = "/etc/secrets/password.txt", secretsPath = "secret/data/orders";
    String credentialsProvider = "com.amazonaws.auth.DefaultAWSCredentialsProviderChain", keyAlias = "orders-key";
    String passwordEncoder = "pbkdf2Sha256", accessKeyHeader = "X-Access-Key", tokenClass = "com.acme.Token";
    @Column(name = "password", nullable = false) String pw;
    @JsonProperty("access_token") String accessToken;
    @Option(names = "--password", description = "The password", interactive = true, arity = "0..1") char[] optPassword;
    @Value("${db.password}") String dbPassword;
    void f(Map<String, String> m, String user, String password) {
        m.put("password", password);
        m.put("password", m.get("db.password"));
        m.put("token", System.getenv("API_TOKEN"));
        m.put("secretName", "prod/db");
        if (password.equals("")) throw new IllegalArgumentException("password is empty");
        if ("password".equals(user) || "none".equals(password)) return;
        log.info("password={} token={}", "***", mask(password));
        expect(Token.PASSWORD, "PASSWORD");
        String sql = "SELECT id, password, token FROM users WHERE password = ? AND token = :token";
        String ddl = "CREATE TABLE users (id BIGINT, password VARCHAR(128) NOT NULL, api_key VARCHAR(64), secret BYTES)";
        String with = "WITH ('connector'='jdbc','password'='" + password + "','token'='${token}')";
        String url = "jdbc:postgresql://db.acme.internal/x?user=" + user + "&password=" + password;
        String jaas = String.format("org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";", user, password);
        new BasicAWSCredentials(System.getenv("AWS_ACCESS_KEY_ID"), System.getenv("AWS_SECRET_ACCESS_KEY"));
        parameters.get("password", "");
        login("user", "password");
        form.setPassword(form.getPassword());
        doc.field("password").type("keyword").index(false);
        byte[] key = Hex.decode("000102030405060708090a0b0c0d0e0f");
    }
}
