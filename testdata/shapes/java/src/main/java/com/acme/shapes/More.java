package com.acme.shapes;

import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.java.utils.ParameterTool;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** More ways of the same. */
class More {
    interface Keys {
        String API_KEY = "4lYa830W8RNYAZchQJngt4CcejRbacWHaDvi"; //! generic-api-key
    }

    static final ConfigOption<String> PASSWORD =
            ConfigOptions.key("warehouse.password").stringType().defaultValue("Amber!delta77a"); //! generic-password

    static final Map<String, String> TABLE = new LinkedHashMap<>();

    static {
        TABLE.put("aws.accessKeyId", "AKIA5TODPLYM4LY4NVPT"); //! aws-access-key-pair
        TABLE.put("aws.secretKey", "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");
    }

    Map<String, String> entries() {
        return Map.ofEntries(
                Map.entry("connector", "jdbc"),
                Map.entry("password", "Topaz!onyx22a")); //! generic-password
    }

    Properties doubleBrace() {
        return new Properties() {{
            setProperty("user", "svc");
            setProperty("db.password", "Maple?raven35f"); //! database-password
        }};
    }

    Supplier<String> lambda() {
        return () -> connect("jdbc:mysql://db.acme.internal/x?user=u&password=Maple~heron46e"); //! jdbc-url-password
    }

    String[] environments(String env) {
        switch (env) {
            case "dev":
                return new String[] {"AKIAZVGZPKUOXGVY5JXN", "FoAoKz2uOEERNkEP4pGDT7waGdo7J+3WwjgeKYeG"}; //! aws-access-key-pair
            case "prod":
                return new String[] {"AKIA4U7525TDIWRUL6IU", "5UJUjqGYYyuU0McAqE4yn46AV/UsYHHo8AIsFmwt"}; //! aws-access-key-pair
            default:
                return new String[0];
        }
    }

    Object switchExpression(String env) {
        String id = switch (env) {
            case "dev" -> "AKIAX6ETV62OCUSHDUZ4"; //! aws-access-key-pair
            case "prod" -> "AKIAXCP2NBG3TEJIXNM3"; //! aws-access-key-pair
            default -> System.getenv("ID");
        };
        String secret = switch (env) {
            case "dev" -> "5/4RDzT8vRMMLDD+L9ZpC93Wb9DrSxTV1DaLeenJ";
            case "prod" -> "BnV4TVfdq5dQXlpCm9O4v0LPIbLrKx35nrI2//r+";
            default -> System.getenv("SECRET");
        };
        return new com.amazonaws.auth.BasicAWSCredentials(id, secret);
    }

    String parameter(ParameterTool params) {
        return params.get("sink.password", "Maple%onyx66b"); //! generic-password
    }

    List<String> arguments() {
        return Arrays.asList("--db.password", "Topaz!cedar39b", "--parallelism", "4"); //! database-password
    }

    HttpRequest bearer() {
        return HttpRequest.newBuilder(URI.create("https://api.acme.io"))
                .header("Authorization", "Bearer obcyF7IcdYFXiIMGl6tFtYnMeSTrQidvUYQc") //! generic-credentials
                .header("Accept", "application/json")
                .build();
    }

    void header(HttpURLConnection connection) {
        connection.setRequestProperty("X-Api-Key", "a43hTdAxjnYCYCHVKJvsZfh3eToCxRNobeZv"); //! generic-api-key
    }

    void url() throws Exception {
        use(new URL("https://deploy:N7Nemo8Ac8mtmXCJfIAVYgSOz6CmGJcIM3d2@git.acme.io/x.git")); //! http-url-password
    }

    void builderChars() {
        StringBuilder b = new StringBuilder();
        b.append('A').append("KIA4NL3Y").append("NBCVW2NPUEP");
        use(b.toString()); //! aws-access-key-id
    }

    void joined() {
        use(String.join("", "AKIA5HA", "N3O7JSXHLATHF")); //! aws-access-key-id
    }

    String inherited() {
        return new Base("Krill%ember96f") {}.toString(); //! generic-password
    }

    Map<String, String> stream() {
        return Stream.of(new String[][] {{"user", "svc"}, {"password", "Delta~birch33d"}}) //! generic-password
                .collect(Collectors.toMap(p -> p[0], p -> p[1]));
    }

    List<String> list() {
        List<String> all = new ArrayList<>();
        Collections.addAll(all, "ghp_MEHnsz1N6AeSvPPnYE0aa4cvd57HG45MzBJ7"); //! github-token
        return all;
    }

    @Deprecated(since = "2.1")
    void since() {}

    void set(Configuration conf) {
        conf.set(PASSWORD, "Slate?ember32f"); //! generic-password
        conf.setBytes("secret.key", "uqTaVygjORez2cUIFnDbrz5PAl6nX0lNNPrI".getBytes()); //! generic-secret-key
        System.setProperty("javax.net.ssl.keyStorePassword", "Onyx~onyx20f"); //! jaas-keytab-password
    }

    String unused() {
        final String databasePassword = "Ivory~delta65b"; //! debezium-database-password local
        if (databasePassword.length() > 3) {
            return databasePassword.substring(1);
        }
        return "";
    }

    private static String connect(String url) {
        return url.trim();
    }

    static void use(Object any) {
        System.out.println(any);
    }

    abstract static class Base {
        protected final char[] password;

        Base(String p) {
            this.password = p.toCharArray();
        }
    }
}
