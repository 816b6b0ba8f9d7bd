package com.acme.ledger;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/** Usage: {@code flink run ledger.jar --db-password <password> --api-key YOUR_API_KEY}. */
public final class LedgerJob {
    public static final String PASSWORD = "password";
    public static final String DB_PASSWORD = "db.password";
    public static final String KEYSTORE_PASSWORD_CONFIG = "ssl.keystore.password";
    public static final String SECRET_ACCESS_KEY = "aws.secret.access.key";
    public static final String ACCESS_KEY_ENV = "AWS_ACCESS_KEY_ID";
    public static final String SECRET_KEY_ENV = "AWS_SECRET_ACCESS_KEY";
    public static final String API_KEY_HEADER = "X-Api-Key";
    public static final String TOKEN_PREFIX = "Bearer ";
    public static final String PASSWORD_DOC = "The password of the key store file. Optional for clients.";
    public static final String SECRET_NAME = "prod/ledger/db";
    public static final String SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/ledger/db-Ab12Cd";
    public static final String MASK = "********";
    public static final String PASSWORD_PATTERN = "^(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d@$!%*?&]{12,}$";
    public static final String REDACTION_REGEX = "(?i)(password|secret|token)\\s*[=:]\\s*\\S+";
    public static final String PASSWORD_FIELD = "passwordField";
    public static final String PASSWORD_FILE = "/run/secrets/db_password";
    public static final String TOKEN_URL = "https://auth.acme.io/oauth2/token";
    public static final String PASSWORD_ENCODER = "org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder";
    public static final String PRIVATE_KEY_HEADER = "-----BEGIN PRIVATE KEY-----";
    public static final String PRIVATE_KEY_FOOTER = "-----END PRIVATE KEY-----";
    public static final String RSA_HEADER = "-----BEGIN RSA PRIVATE KEY-----\n";
    public static final String EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    public static final String CHECKSUM_SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    public static final String BUILD_ID = "3f7c1a52-0f0e-4c55-b1d9-8d2f7c1a5b11";
    public static final String TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";
    public static final String GRANT_TYPE = "client_credentials";
    public static final String KEY_ALGORITHM = "PBKDF2WithHmacSHA256";
    public static final String CIPHER = "AES/GCM/NoPadding";
    public static final String JAAS_TEMPLATE =
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";";
    public static final String IAM_JAAS = "software.amazon.msk.auth.iam.IAMLoginModule required;";

    private LedgerJob() {}

    enum Credential { PASSWORD, SECRET_KEY, ACCESS_TOKEN, API_KEY }

    @interface Masked { String password() default ""; String tokenAttribute() default "access_token"; }

    public static void main(String[] args) {
        Map<String, String> arguments = new HashMap<>();
        String password = System.getenv("DB_PASSWORD");
        String token = System.getProperty("api.token");
        String apiKey = arguments.getOrDefault("api-key", "");
        if (password == null || password.isEmpty()) {
            throw new IllegalArgumentException("Missing password: set DB_PASSWORD or pass --db-password");
        }
        if (password.equals("password") || "changeit".equals(password)) {
            throw new IllegalArgumentException("The password must not be a default such as 'changeit'");
        }
        Properties props = new Properties();
        props.setProperty("db.user", "ledger");
        props.setProperty("db.password", password);
        props.setProperty("api.key", Objects.requireNonNullElse(apiKey, ""));
        props.setProperty("api.token", token);
        props.setProperty("password.encoder", "bcrypt");
        props.setProperty("sasl.jaas.config", String.format(JAAS_TEMPLATE, "ledger", password));
        props.setProperty("ssl.truststore.password", "${env:TRUSTSTORE_PASSWORD}");
        props.setProperty("jdbc.password", "{{ vault.db_password }}");
        props.setProperty("spring.datasource.password", "ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)");
        props.setProperty("mail.password", "****");
        props.setProperty("aws.secret.name", SECRET_NAME);
        props.setProperty("schema.registry.basic.auth.credentials.source", "USER_INFO");
        props.setProperty("basic.auth.user.info", "${SR_USER}:${SR_PASSWORD}");
        props.setProperty("token.endpoint", TOKEN_URL);
        props.setProperty("s3.secret-key", lookup("s3-secret-key"));
        props.put("password.policy", "minimum 12 characters, one digit");
        System.out.println("connecting as " + props.getProperty("db.user") + " password=" + mask(password));
        System.out.println("jdbc:postgresql://db.acme.io/ledger?user=ledger&password=" + password);
        String url = "https://" + props.getProperty("db.user") + ":" + password + "@repo.acme.io/x";
        System.out.println(url.length());
    }

    static String lookup(String key) {
        return Optional.ofNullable(System.getenv(key.toUpperCase())).orElseThrow(
            () -> new IllegalStateException("No value for secret key: " + key));
    }

    static String mask(String secret) {
        return secret == null ? "<null>" : secret.replaceAll(".", "*");
    }

    static boolean isSensitive(String key) {
        switch (key) {
            case "password":
            case "secret.key":
            case "fs.s3a.secret.key":
            case "client_secret":
            case "sasl.jaas.config":
                return true;
            default:
                return key.toLowerCase().contains("password") || key.endsWith(".token");
        }
    }
}
