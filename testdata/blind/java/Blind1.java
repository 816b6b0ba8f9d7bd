package com.acme.blind;
import com.amazonaws.auth.*;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.function.*;
import java.util.stream.*;
import org.apache.flink.configuration.*;
import org.apache.flink.util.ParameterTool;
import software.amazon.awssdk.auth.credentials.*;

/** Values on their way through the language. */
class Blind1 {
    static void use(Object o) { System.out.println(o); }

    void anonymousProvider() {
        use(new AWSCredentialsProvider() {
            public AWSCredentials getCredentials() {
                return new BasicAWSCredentials("⟦id:a⟧", "⟦key:a⟧");
            }
            public void refresh() {}
        });
    }
    void anonymousCredentials() {
        use(new AWSCredentials() {
            public String getAWSAccessKeyId() { return "⟦id:b⟧"; }
            public String getAWSSecretKey() { return "⟦key:b⟧"; }
        });
    }
    void lambdaProvider() {
        AwsCredentialsProvider p = () -> AwsBasicCredentials.create("⟦id:c⟧", "⟦key:c⟧");
        use(p);
    }
    void localsFarApart() {
        String ak = "⟦id:d⟧";
        String sk = "⟦key:d⟧";
        if (System.nanoTime() > 0) use("x");
        for (int i = 0; i < 3; i++) use(i);
        use(StaticCredentialsProvider.create(AwsBasicCredentials.create(ak, sk)));
    }
    void builder() {
        use(AwsBasicCredentials.builder()
            .accessKeyId("⟦id:e⟧")
            .secretAccessKey("⟦key:e⟧")
            .build());
    }
    void methodReference() {
        BiFunction<String, String, AwsBasicCredentials> make = AwsBasicCredentials::create;
        use(make.apply("⟦id:f⟧", "⟦key:f⟧"));
    }
    void split() {
        String[] parts = "⟦id:g⟧:⟦key:g⟧".split(":");
        use(new BasicAWSCredentials(parts[0], parts[1]));
    }
    void splitComma() {
        String both = "⟦id:h⟧,⟦key:h⟧";
        String[] p = both.split(",", 2);
        use(AwsBasicCredentials.create(p[0], p[1]));
    }
    void propertiesLoad() throws IOException {
        Properties p = new Properties();
        p.load(new StringReader("db.user=orders\ndb.password=⟦pw⟧\n"));
        use(p);
    }
    void yamlInline() {
        use("spring:\n  datasource:\n    password: ⟦gen⟧\n");
    }
    void jsonInline() {
        use("{\"username\":\"svc\",\"password\":\"⟦gen⟧\",\"port\":5432}");
    }
    void jsonSingle() {
        use("{\"accessKeyId\": \"⟦id:i⟧\", \"secretAccessKey\": \"⟦key:i⟧\"}");
    }
    void xmlInline() {
        use("<property><name>fs.s3a.secret.key</name><value>⟦key⟧</value></property>");
    }
    void fromArgs() {
        use(ParameterTool.fromArgs(new String[] {"--db.password", "⟦gen⟧", "--env", "prod"}));
    }
    void fromArgsEquals() {
        String[] a = {"--password=⟦gen⟧", "-Daws.secretKey=⟦key⟧"};
        use(a);
    }
    void fromMap() {
        Map<String, String> m = new HashMap<>();
        m.put("db.password", "⟦pw⟧");
        use(ParameterTool.fromMap(m));
    }
    void mapOfEntries() {
        use(Map.ofEntries(Map.entry("s3.access-key", "⟦id:j⟧"), Map.entry("s3.secret-key", "⟦key:j⟧")));
    }
    void simpleEntry() {
        use(List.of(new AbstractMap.SimpleEntry<>("db.password", "⟦gen⟧")));
    }
    void streamOfArrays() {
        use(Stream.of(new String[][] {{"aws.accessKeyId", "⟦id:k⟧"}, {"aws.secretKey", "⟦key:k⟧"}})
            .collect(Collectors.toMap(x -> x[0], x -> x[1])));
    }
    void mapOutAndIn() {
        Map<String, String> m = new HashMap<>();
        m.put("first", "⟦id:l⟧");
        m.put("second", "⟦key:l⟧");
        use(new BasicAWSCredentials(m.get("first"), m.get("second")));
    }
    void listOutAndIn() {
        List<String> l = List.of("⟦id:m⟧", "⟦key:m⟧");
        use(new BasicAWSCredentials(l.get(0), l.get(1)));
    }
    void arrayListOut() {
        List<String> l = new ArrayList<>();
        l.add("svc"); l.add("⟦gen⟧");
        connect("jdbc:mysql://db.acme.internal/x", l.get(0), l.get(1));
    }
    void connect(String url, String user, String password) { use(url + user + password); }

    void optionalChain() {
        String password = Optional.ofNullable(System.getenv("X_PASSWORD")).filter(s -> !s.isEmpty()).map(String::trim).orElse("⟦gen⟧");
        use(password);
    }
    void optionalGet() {
        String t = Optional.ofNullable(System.getProperty("api.token")).orElseGet(() -> "⟦alnum40⟧");
        use(t);
    }
    void ternaryEnv() {
        String p = System.getenv("DB_PASSWORD") != null ? System.getenv("DB_PASSWORD") : "⟦gen⟧";
        connect("jdbc:mysql://db.acme.internal/x", "u", p);
    }
    void stringBuilder() {
        StringBuilder sb = new StringBuilder();
        sb.append("jdbc:postgresql://db.acme.internal/x?user=").append("svc").append("&password=").append("⟦gen⟧");
        use(sb.toString());
    }
    void jaasFormat() {
        String user = "orders", pass = "⟦gen⟧";
        String jaas = String.format("org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";", user, pass);
        Properties p = new Properties();
        p.setProperty("sasl.jaas.config", jaas);
        use(p);
    }
    void jaasConcat(String env) {
        String pass = "⟦gen⟧";
        use("org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + env + "\" password=\"" + pass + "\";");
    }
    void formatted() {
        use("CREATE TABLE t (a INT) WITH ('connector'='jdbc','password'='%s')".formatted("⟦gen⟧"));
    }
    void messageFormat() {
        use(java.text.MessageFormat.format("jdbc:mysql://{0}/x?user=u&password={1}", "db.acme.internal", "⟦gen⟧"));
    }
    void charArray() {
        char[] pw = "⟦gen⟧".toCharArray();
        use(new javax.crypto.spec.PBEKeySpec(pw));
    }
    void chars() {
        char[] password = {⟦pw|chars⟧};
        use(password);
    }
    void keyStore(java.security.KeyStore ks, InputStream in) throws Exception {
        ks.load(in, "⟦gen⟧".toCharArray());
    }
    void base64() {
        String secretKey = new String(Base64.getDecoder().decode("⟦key|b64⟧"), StandardCharsets.UTF_8);
        use(secretKey);
    }
    void base64Pair() {
        Base64.Decoder d = Base64.getDecoder();
        use(new BasicAWSCredentials(new String(d.decode("⟦id:n|b64⟧")), new String(d.decode("⟦key:n|b64⟧"))));
    }
    void hex() {
        String password = new String(HexFormat.of().parseHex("⟦gen|hex⟧"));
        use(password);
    }
    void reversed() {
        String apiSecret = new StringBuilder("⟦alnum32|rev⟧").reverse().toString();
        use(apiSecret);
    }
    void secretKeySpec() {
        use(new javax.crypto.spec.SecretKeySpec("⟦gen⟧".getBytes(), "AES"));
    }
    void secretKeySpecVar() {
        byte[] key = "⟦gen⟧".getBytes(StandardCharsets.UTF_8);
        use(new javax.crypto.spec.SecretKeySpec(key, "HmacSHA256"));
    }
    void systemProps() {
        System.setProperty("aws.accessKeyId", "⟦id:o⟧");
        System.setProperty("aws.secretAccessKey", "⟦key:o⟧");
    }
    void propsFromMap() {
        Properties p = new Properties();
        p.putAll(Map.of("password", "⟦pw⟧", "user", "svc"));
        use(p);
    }
    void doubleBrace() {
        use(new HashMap<String, String>() {{
            put("s3.access-key", "⟦id:p⟧");
            put("s3.secret-key", "⟦key:p⟧");
        }});
    }
    void computeIfAbsent(Map<String, String> m) {
        m.computeIfAbsent("db.password", k -> "⟦gen⟧");
        m.putIfAbsent("api.key", "⟦alnum32⟧");
        m.merge("client.secret", "⟦alnum32⟧", (a, b) -> a);
        m.getOrDefault("kafka.password", "⟦gen⟧");
    }
    void switchOld(String env) {
        String id; String secret;
        switch (env) {
            case "dev": id = "⟦id:q⟧"; secret = "⟦key:q⟧"; break;
            case "prod": id = "⟦id:r⟧"; secret = "⟦key:r⟧"; break;
            default: throw new IllegalArgumentException("no credentials for " + env);
        }
        use(new BasicAWSCredentials(id, secret));
    }
    void ifElse(boolean prod) {
        Properties p = new Properties();
        if (prod) {
            p.setProperty("aws.credentials.provider.basic.accesskeyid", "⟦id:s⟧");
            p.setProperty("aws.credentials.provider.basic.secretkey", "⟦key:s⟧");
        } else {
            p.setProperty("aws.credentials.provider.basic.accesskeyid", "⟦id:t⟧");
            p.setProperty("aws.credentials.provider.basic.secretkey", "⟦key:t⟧");
        }
        use(p);
    }
    void tryCatch() {
        String token;
        try { token = new String(new FileInputStream("/etc/token").readAllBytes()); }
        catch (IOException e) { token = "⟦alnum40⟧"; }
        callApi(token);
    }
    void callApi(String token) { use(token); }
    void trimmed() {
        String accessKey = "  ⟦id:u⟧ ".trim(), secretKey = " ⟦key:u⟧".strip();
        use(new BasicAWSCredentials(accessKey, secretKey));
    }
    void substring() {
        String all = "⟦id:v⟧⟦key:v⟧";
        use(new BasicAWSCredentials(all.substring(0, 20), all.substring(20)));
    }
    void replaced() {
        String pw = "⟦gen⟧".replace("-", "");
        connect("jdbc:mysql://db.acme.internal/x", "u", pw);
    }
    static String decorate(String s) { return s; }
    void identity() {
        connect("jdbc:mysql://db.acme.internal/x", "u", decorate("⟦gen⟧"));
    }
    void supplier() {
        Supplier<String> dbPassword = () -> "⟦gen⟧";
        use(dbPassword.get());
    }
    void basicHeader() {
        String auth = Base64.getEncoder().encodeToString(("svc" + ":" + "⟦gen⟧").getBytes());
        use(new okhttp3.Request.Builder().addHeader("Authorization", "Basic " + auth));
    }
    void basicHeader2() {
        String credentials = "svc:⟦gen⟧";
        use(new okhttp3.Request.Builder().header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes())));
    }
    void textBlock() {
        use("""
            CREATE TABLE orders (a INT) WITH (
              'connector' = 'kinesis',
              'aws.credentials.basic.accesskeyid' = '⟦id:w⟧',
              'aws.credentials.basic.secretkey' = '⟦key:w⟧'
            )""");
    }
}
