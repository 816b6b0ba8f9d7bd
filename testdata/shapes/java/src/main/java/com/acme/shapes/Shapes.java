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

/** Every way in which Java code binds a secret; the marks at the ends of lines name the findings. */
public class Shapes {
    private static String runtimeId = "AKIA3MZH55AQSBDEGZAW"; //! aws-access-key-pair
    private static String runtimeSecret = "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";
    private final String brokerPassword = "Grove&delta48b"; //! generic-password
    private String harmless = "us-east-1";

    AWSStaticCredentialsProvider staticFields() {
        return new AWSStaticCredentialsProvider(new BasicAWSCredentials(runtimeId, runtimeSecret));
    }

    AWSStaticCredentialsProvider ternary(boolean dev) {
        String id = dev ? "AKIAZT634O35G5U6J2BG" : "AKIA3BRC6LULMHCCP223"; //! aws-access-key-pair //! aws-access-key-pair
        String secret = dev ? "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" : "ch9pGzT82VkyeCqAuHs+cFj98B4kIBtApajaiBaj";
        return new AWSStaticCredentialsProvider(new BasicAWSCredentials(id, secret));
    }

    Connection fallback() throws Exception {
        String pw = System.getenv("ORDERS_DB_PASSWORD");
        if (pw == null) {
            pw = "Pearl~raven15d"; //! jdbc-password
        }
        return DriverManager.getConnection("jdbc:postgresql://db.acme.internal/orders", "orders", pw);
    }

    String optional() {
        return Optional.ofNullable(System.getenv("BILLING_PASSWORD")).orElse("Ember&amber66d"); //! generic-password
    }

    String requireNonNullElse() {
        String p = Objects.requireNonNullElse(System.getenv("LEDGER_PASSWORD"), "Raven&slate65d"); //! generic-password
        return p + "!";
    }

    String getOrDefault() {
        return System.getenv().getOrDefault("AUDIT_PASSWORD", "Slate&delta42f"); //! generic-password
    }

    void map() {
        Map<String, String> options = new HashMap<>();
        options.put("aws.credentials.provider.basic.accesskeyid", "AKIA5L7JLWFA6P3X2LWC"); //! aws-access-key-pair
        options.put("aws.region", "eu-west-1");
        options.put("aws.credentials.provider.basic.secretkey", "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");
        use(options);
    }

    Map<String, String> mapOf() {
        return Map.of("s3.access-key", "AKIA2ADUQSZJZBDTY3VI", "s3.secret-key", "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"); //! aws-access-key-pair
    }

    void helper(Configuration conf) {
        set(conf, "fs.s3a.access.key", "AKIA4FCYW6VB6WZWBNUR"); //! aws-access-key-pair
        set(conf, "fs.s3a.secret.key", "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");
    }

    private static void set(Configuration conf, String key, String value) {
        conf.setString(key, value);
    }

    Object ownHelper() {
        return credentials("AKIA3KZREOTJTSKJ3NOC", "JN8kJ+9aKlBTjG8q+DR2rBxPo5+QCsfh9Iq+AaKq"); //! aws-access-key-pair
    }

    private static Object credentials(String id, String secret) {
        return new BasicAWSCredentials(id, secret);
    }

    String halves(String host) {
        StringBuilder ddl = new StringBuilder();
        ddl.append("CREATE TABLE t (a INT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://").append(host);
        ddl.append("/x', 'username' = 'u', 'password' = '").append("Jasper?delta11f").append("')"); 
        return ddl.toString(); //! generic-password
    }

    void splitToken() {
        String a = "AKIAXAUJEDI";
        String b = "W5N4SK6RK";
        use(a.concat(b)); //! aws-access-key-id
    }

    void chars() {
        char[] password = {'A', 'm', 'b', 'e', 'r', '*', 'k', 'r', 'i', 'l', 'l', '5', '4', 'c'}; //! generic-password local
        use(password);
    }

    void bytes() {
        byte[] raw = {82, 97, 118, 101, 110, 38, 102, 106, 111, 114, 100, 52, 54, 97}; //! generic-password local
        String password = new String(raw);
        use(password);
    }

    void base64() {
        String password = new String(Base64.getDecoder().decode("TWFwbGUmcmF2ZW40MWI=")); //! generic-password local
        use(password);
    }

    void reversed() {
        String password = new StringBuilder("f34lraep^hcriB").reverse().toString(); //! generic-password local
        use(password);
    }

    void format() {
        String url = String.format("jdbc:postgresql://%s/db?user=%s&password=%s", "h.acme.internal", "u", "Birch*amber29b"); //! jdbc-url-password
        use(url);
    }

    String recipe(String table) {
        return "CREATE TABLE " + table + " WITH ('aws.credentials.basic.accesskeyid'='AKIAYOSU3TDAXAJWRFNP'," //! aws-access-key-pair
                + "'aws.credentials.basic.secretkey'='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')";
    }

    String choose(String env) {
        switch (env) {
            case "prod":
                return login("Fjord&grove75d"); //! generic-password
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
        String clientSecret;
        try {
            clientSecret = System.getProperty("k");
            use(clientSecret);
        } catch (RuntimeException e) {
            clientSecret = "uZbwPiMjHGkyQhLDCxdViOPOjtumkpyvOcJQ"; //! generic-secret local
        }
        use(clientSecret);
    }

    Client setters() {
        Client client = new Client();
        client.setApiToken("rTyQBsYCXBU1USnAvrgFUopbHWZVBYWRUzaR"); //! generic-token
        client.setLabel("password");
        return client;
    }

    enum Stage {
        DEV("AKIAYNS6NAWWBSQSL3CW", "z+4laCIQ0eG+1oC+6NUzwEQvYLArWxThbPDlHw9F"), //! aws-access-key-pair
        PROD("AKIA2VM3QZKZEPUQZRNZ", "vI2D9GBtMUsoN0Q7DJWf4+q6l/x6SXR3V5Nju4Y2"); //! aws-access-key-pair

        final String accessKeyId;
        final String secretAccessKey;

        Stage(String accessKeyId, String secretAccessKey) {
            this.accessKeyId = accessKeyId;
            this.secretAccessKey = secretAccessKey;
        }
    }

    record Login(String user, String password) {
        static Login service() {
            return new Login("svc", "Heron%amber62e"); //! generic-password
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
