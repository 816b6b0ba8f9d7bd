package com.acme.blind;
import com.amazonaws.auth.*;
import java.util.*;
import java.util.function.*;
import software.amazon.awssdk.auth.credentials.*;

/** Classes, and how values go from one to the other. */
class Blind3 {
    static void use(Object o) { System.out.println(o); }

    interface Keys { String ACCESS = "⟦id:a⟧"; String HIDDEN = "⟦key:a⟧"; }
    static class UsesKeys implements Keys { Object c() { return new BasicAWSCredentials(ACCESS, HIDDEN); } }

    static class Holder { static final String ID = new String("⟦id:b⟧"); static final String KEY = String.valueOf("⟦key:b⟧"); }
    Object holder() { return new BasicAWSCredentials(Holder.ID, Holder.KEY); }

    enum Env {
        DEV("⟦id:c⟧", "⟦key:c⟧"), PROD("⟦id:d⟧", "⟦key:d⟧");
        final String a; final String b;
        Env(String a, String b) { this.a = a; this.b = b; }
        AwsCredentials creds() { return AwsBasicCredentials.create(a, b); }
    }
    enum EnvBody {
        ONE { String secretKey() { return "⟦key⟧"; } }, TWO { String secretKey() { return "⟦key⟧"; } };
        abstract String secretKey();
    }
    record Account(String user, String password) {}
    Object record() { return new Account("svc", "⟦gen⟧"); }
    record Pair(String left, String right) {}
    Object recordOpaque() {
        Pair p = new Pair("⟦id:e⟧", "⟦key:e⟧");
        return new BasicAWSCredentials(p.left(), p.right());
    }
    record Defaulted(String host, String password) { Defaulted(String host) { this(host, "⟦gen⟧"); } }

    static class Base { final String user; final String pw; Base(String user, String pw) { this.user = user; this.pw = pw; } }
    static class Derived extends Base { Derived() { super("svc", "⟦gen⟧"); } }
    abstract static class Job { abstract String dbPassword(); void run() { use(dbPassword()); } }
    static class RealJob extends Job { String dbPassword() { return "⟦gen⟧"; } }
    interface Defaults { default String apiKey() { return "⟦alnum32⟧"; } static String token() { return "⟦alnum40⟧"; } }

    static class Config {
        private String host = "db.acme.internal"; private String password = "⟦gen⟧"; private transient String apiToken;
        { apiToken = "⟦alnum40⟧"; }
        String getPassword() { return password; }
    }
    static class Builder {
        private String u, p;
        static Builder of() { return new Builder(); }
        Builder user(String u) { this.u = u; return this; }
        Builder password(String p) { this.p = p; return this; }
        Builder secret(String s) { return this; }
        Object build() { return u + p; }
    }
    Object builder() { return Builder.of().user("svc").password("⟦gen⟧").secret("⟦alnum32⟧").build(); }

    static void put(Map<String, String> m, String k, String v) { m.put(k, v); }
    static void putAll(Map<String, String> m, String... kv) { for (int i = 0; i < kv.length; i += 2) m.put(kv[i], kv[i + 1]); }
    void helper(Map<String, String> m) { put(m, "s3.access-key", "⟦id:f⟧"); put(m, "s3.secret-key", "⟦key:f⟧"); }
    void varargs(Map<String, String> m) { putAll(m, "user", "svc", "password", "⟦gen⟧"); }
    static <T> T id(T t) { return t; }
    void generic(Map<String, Object> m) { m.put("db.password", id("⟦gen⟧")); }
    void otherClassHelper(Map<String, String> m) { MapHelper.put(m, "client.secret", "⟦alnum32⟧"); Conf.set("aws.secretKey", "⟦key⟧"); }
    static class MapHelper { static void put(Map<String, String> m, String k, String v) { m.put(k, v); } }
    static class Conf { static void set(String a, String b) { System.setProperty(a, b); } }

    static class S3 { S3(AWSCredentials c) {} static S3 of(String a, String b) { return new S3(new BasicAWSCredentials(a, b)); } }
    Object factory() { return S3.of("⟦id:g⟧", "⟦key:g⟧"); }
    static class Clients { static S3 client(String a, String b) { return S3.of(a, b); } }
    Object factoryOfFactory() { return Clients.client("⟦id:h⟧", "⟦key:h⟧"); }
    static class Top { static S3 top(String a, String b) { return Clients.client(a, b); } }
    Object threeHops() { return Top.top("⟦id:i⟧", "⟦key:i⟧"); }

    static class Credentials { private final String first = "⟦id:j⟧"; private final String second = "⟦key:j⟧"; String first() { return first; } String second() { return second; } }
    Object viaGetters(Credentials c) { return new BasicAWSCredentials(c.first(), c.second()); }
    static class Lazy { private static String v; static synchronized String v() { if (v == null) { v = "⟦gen⟧"; } return v; } }
    Object lazy() { return new Builder().password(Lazy.v()); }
    static class Inner { class Deep { String clientSecret = "⟦alnum32⟧"; } }
    static final Map<String, String> REGISTRY = new HashMap<>();
    static { REGISTRY.put("password", "⟦gen⟧"); REGISTRY.put("aws_access_key_id", "⟦id:k⟧"); REGISTRY.put("aws_secret_access_key", "⟦key:k⟧"); }
    static final List<String> TOKENS = Arrays.asList("⟦ghp⟧", "⟦ghp⟧");
    static final String[] CREDS = {"⟦id:l⟧", "⟦key:l⟧"};
    Object creds() { return new BasicAWSCredentials(CREDS[0], CREDS[1]); }
    static final String[][] TABLE = {{"db.password", "⟦gen⟧"}, {"db.user", "svc"}};
    static String dbPassword; static { dbPassword = System.getenv("P"); if (dbPassword == null) dbPassword = "⟦gen⟧"; }
    static class Thread2 extends Thread { public void run() { use(new BasicAWSCredentials("⟦id:m⟧", "⟦key:m⟧")); } }
    void runnable() { new Thread(() -> { String secretToken = "⟦alnum40⟧"; use(secretToken); }).start(); }
    void consumer(Consumer<Builder> c) {}
    void lambdaBuilder() { consumer(b -> b.user("svc").password("⟦gen⟧")); }
    void curried() { Function<String, Function<String, AwsCredentials>> f = a -> b -> AwsBasicCredentials.create(a, b); use(f.apply("⟦id:n⟧").apply("⟦key:n⟧")); }
    void callable() throws Exception { java.util.concurrent.Callable<String> password = () -> "⟦gen⟧"; use(password.call()); }
    sealed interface Auth permits Basic, Token {}
    record Basic(String user, String password) implements Auth {}
    record Token(String value) implements Auth {}
    Auth basic() { return new Basic("svc", "⟦gen⟧"); }
    Auth token() { return new Token("⟦alnum40⟧"); }
    String pattern(Object o) { return o instanceof Basic b ? b.password() : "⟦ghp⟧"; }
    String switchExpr(Env e) { String password = switch (e) { case DEV -> "⟦gen⟧"; case PROD -> { String x = "⟦gen⟧"; yield x; } }; return password; }
    void assertion() { assert "⟦gen⟧".equals(System.getenv("ADMIN_PASSWORD")); }
    boolean compare(String password) { return password.equals("⟦gen⟧"); }
    boolean compareReversed(String user, String password) { return "admin".equals(user) && "⟦gen⟧".equals(password); }
    boolean equalsIgnoreCase(Map<String, String> m) { return m.get("api_key").equalsIgnoreCase("⟦alnum32⟧"); }

    static final String PASS = "⟦pw⟧";
    private String pass = "⟦gen⟧";
    static void open(String user, String pass) { use(user); }
    void opened() { open("svc", "⟦pw⟧"); }
    record Sasl(String mechanism, String user, String pass) {
        String jaas() { return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\"" + pass + "\";"; }
    }
    Object jaas() { return new Sasl("SCRAM-SHA-512", "svc", "⟦pw⟧").jaas(); }
    static Supplier<String> passwordSupplier() { return () -> "⟦pw⟧"; }
    Optional<String> either() { return Optional.ofNullable(System.getProperty("feed.api.key")).or(() -> Optional.of("⟦alnum32⟧")); }
    String letters() { String dbPassword = "⟦letters24⟧"; use(dbPassword); return dbPassword; }
    void bearer(java.net.http.HttpRequest.Builder r) { use(r.setHeader("Authorization", "Bearer ⟦alnum24⟧")); }
}
