package com.acme.shapes;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;

/** Every way in which Java code binds a secret; `//! rule` marks the line that a finding names. */
public class Shapes {
    private static String runtimeId = "AKIA2VKL4B7R73RPNMCQ"; //! aws-access-key-pair
    private static String runtimeSecret = "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";
    private final String brokerPassword = "Cedar&delta93b"; //! generic-password
    private String harmless = "us-east-1";

    AWSStaticCredentialsProvider staticFields() {
        return new AWSStaticCredentialsProvider(new BasicAWSCredentials(runtimeId, runtimeSecret));
    }

    AWSStaticCredentialsProvider ternary(boolean dev) {
        String id = dev ? "AKIAZV542SCHZ2LSAM5B" : "AKIAZXHL6LHSJBNQCY7R"; //! aws-access-key-pair //! aws-access-key-pair
        String secret = dev ? "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" : "+XHZ+GkXJwBAb5mgnXOfZ+kOpW+qC7e71BMAc9pA";
        return new AWSStaticCredentialsProvider(new BasicAWSCredentials(id, secret));
    }

    Connection fallback() throws Exception {
        String pw = System.getenv("ORDERS_DB_PASSWORD");
        if (pw == null) {
            pw = "Birch*quill47f"; //! jdbc-password
        }
        return DriverManager.getConnection("jdbc:postgresql://db.acme.internal/orders", "orders", pw);
    }

    String optional() {
        return Optional.ofNullable(System.getenv("BILLING_PASSWORD")).orElse("Quill!lotus88c"); //! generic-password
    }

    String requireNonNullElse() {
        String p = Objects.requireNonNullElse(System.getenv("LEDGER_PASSWORD"), "Cedar!heron28a"); //! generic-password
        return p + "!";
    }

    String getOrDefault() {
        return System.getenv().getOrDefault("AUDIT_PASSWORD", "Ember~grove17d"); //! generic-password
    }

    void map() {
        Map<String, String> options = new HashMap<>();
        options.put("aws.credentials.provider.basic.accesskeyid", "AKIA2RU2SWDF6AVBVVZR"); //! aws-access-key-pair
        options.put("aws.region", "eu-west-1");
        options.put("aws.credentials.provider.basic.secretkey", "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");
        use(options);
    }

    Map<String, String> mapOf() {
        return Map.of("s3.access-key", "AKIA32H2VRE2QMYHFA2H", "s3.secret-key", "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"); //! aws-access-key-pair
    }

    void helper(Configuration conf) {
        set(conf, "fs.s3a.access.key", "AKIAZKOYNZ7QVS7WPWMV"); //! aws-access-key-pair
        set(conf, "fs.s3a.secret.key", "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");
    }

    private static void set(Configuration conf, String key, String value) {
        conf.setString(key, value);
    }

    Object ownHelper() {
        return credentials("AKIAXKH3J5J3ATBVFEVX", "YMxlrzmHck5Ph9uCNMCA383YLTpn1+aEwalpmtto"); //! aws-access-key-pair
    }

    private static Object credentials(String id, String secret) {
        return new BasicAWSCredentials(id, secret);
    }

    String halves(String host) {
        StringBuilder ddl = new StringBuilder();
        ddl.append("CREATE TABLE t (a INT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://").append(host);
        ddl.append("/x', 'username' = 'u', 'password' = '").append("Ivory~jasper21c").append("')"); 
        return ddl.toString(); //! database-password
    }

    void splitToken() {
        String a = "AKIAXX3NV5L";
        String b = "GQ6ZVJAEW";
        use(a.concat(b)); //! aws-access-key-id
    }

    void chars() {
        char[] password = {'D', 'e', 'l', 't', 'a', '^', 'h', 'e', 'r', 'o', 'n', '4', '1', 'e'}; //! generic-password
        use(password);
    }

    void bytes() {
        byte[] raw = {70, 106, 111, 114, 100, 33, 101, 109, 98, 101, 114, 51, 50, 98};
        String password = new String(raw); //! generic-password
        use(password);
    }

    void base64() {
        String password = new String(Base64.getDecoder().decode("S3JpbGwlZGVsdGE4MGQ=")); //! generic-password
        use(password);
    }

    void reversed() {
        String password = new StringBuilder("d16evorg~etalS").reverse().toString(); //! generic-password
        use(password);
    }

    void format() {
        String url = String.format("jdbc:postgresql://%s/db?user=%s&password=%s", "h.acme.internal", "u", "Quill*heron47c"); //! jdbc-url-password
        use(url);
    }

    String recipe(String table) {
        return "CREATE TABLE " + table + " WITH ('aws.credentials.basic.accesskeyid'='AKIAXINKSLHHMIU2MUBT'," //! aws-access-key-pair
                + "'aws.credentials.basic.secretkey'='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')";
    }

    String choose(String env) {
        switch (env) {
            case "prod":
                return login("Ember~ember84e"); //! generic-password
            default:
                return login(System.getenv("PW"));
        }
    }

    private String login(String password) {
        this.harmless = password;
        return new Client().password(password).toString();
    }

    void loop() {
        String text = "";
        for (int i = 0; i < 10; i++) {
            text = text + "x";
        }
        use(text);
    }

    void tryCatch() {
        String secretKey;
        try {
            secretKey = System.getProperty("k");
            use(secretKey);
        } catch (RuntimeException e) {
            secretKey = "D2GX+x5FGv3vxyhoEPlEg7dRw54a/lbJWmJD+J3t"; //! generic-secret-key
        }
        use(secretKey);
    }

    Client setters() {
        Client client = new Client();
        client.setApiToken("WDrfIzpJ3ISKvkz4EgV2hNrML2JluYPlo8cz"); //! generic-token
        client.setLabel("password");
        return client;
    }

    enum Stage {
        DEV("AKIA5FKXCJQK54DOZVK6", "+TP+bPQ1dP1dWdBvPCJkogaTBEJP4nGCWTs0HHxa"), //! aws-access-key-pair
        PROD("AKIAZLBTV3KWNVNCBIZA", "haSeJX9nLkOoo1FNNyNBneTl3tOenNmroLtuuT/D"); //! aws-access-key-pair

        final String accessKeyId;
        final String secretAccessKey;

        Stage(String accessKeyId, String secretAccessKey) {
            this.accessKeyId = accessKeyId;
            this.secretAccessKey = secretAccessKey;
        }
    }

    record Login(String user, String password) {
        static Login service() {
            return new Login("svc", "Heron?delta96d"); //! generic-password
        }
    }

    void innocent(Properties p) {
        p.setProperty("password", System.getenv("PASSWORD"));
        p.setProperty("db.password", "${DB_PASSWORD}");
        p.setProperty("sasl.mechanism", "SCRAM-SHA-512");
        p.setProperty("ssl.keystore.type", "PKCS12");
        String passwordKey = "app.database.password";
        use(p.getProperty(passwordKey));
        use("Enter the password for user");
        throw new IllegalStateException("missing secret key");
    }

    static void use(Object any) {
        System.out.println(any);
    }

    static class Client {
        private String token;

        Client password(String value) {
            return this;
        }

        void setApiToken(String value) {
            this.token = value;
        }

        void setLabel(String value) {}
    }
}
