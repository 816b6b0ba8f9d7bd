import java.io.*;
import java.util.*;

/** Writes a Java object stream and the metadata of a savepoint. */
public class Serialize {
    enum Mode { PLAIN, TLS }

    static class Endpoint implements Serializable {
        final String host = "db.acme.internal";
        final int port = 5432;
        final String user = "svc";
        final String password = "⟦gen⟧";
        final transient String token = "left out";
        final Mode mode = Mode.TLS;
    }

    static class Sink extends Endpoint {
        final char[] keyPassword = "⟦pw⟧".toCharArray();
        final byte[] options = properties("ssl.truststore.password=⟦gen⟧\nssl.truststore.type=JKS\n");
        final Map<String, String> headers = new TreeMap<>(Map.of("X-Api-Key", "⟦alnum32⟧", "Accept", "text/plain"));
        final List<String> arguments = List.of("--sink.password", "⟦gen⟧", "--mode", "batch");
        final String passwordHint = "ask the team";
    }

    static byte[] properties(String text) {
        return text.getBytes();
    }

    static byte[] bytes(Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    /** As org.apache.flink.types.StringValue.writeString does it. */
    static void string(DataOutputStream out, String value) throws IOException {
        int length = value.length() + 1;
        for (; length >= 0x80; length >>>= 7) {
            out.write(length | 0x80);
        }
        out.write(length);
        out.writeBytes(value);
    }

    public static void main(String[] args) throws IOException {
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put("parallelism.default", 8);
        configuration.put("s3.access-key", "⟦id:a⟧");
        configuration.put("s3.secret-key", "⟦key:a⟧");
        configuration.put("db.password.file", "/run/secrets/db");
        configuration.put("sinks", new Object[] {new Sink(), null, 42L});
        Properties kafka = new Properties();
        kafka.setProperty("sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"svc\" password=\"⟦gen⟧\";");
        kafka.setProperty("ssl.keystore.password", "⟦gen⟧");
        List<Object> graph = new ArrayList<>(List.of(configuration, kafka, bytes(new HashMap<>(Map.of("redis.password", "⟦gen⟧")))));
        try (FileOutputStream out = new FileOutputStream("graph.ser")) {
            out.write(bytes(graph));
        }
        try (DataOutputStream out = new DataOutputStream(new FileOutputStream("_metadata"))) {
            out.writeInt(0x4960672D);
            out.writeInt(4);
            out.writeLong(23);
            out.writeInt(0);
            out.writeInt(2);
            out.writeUTF("org.apache.flink.api.common.typeutils.base.StringSerializer");
            out.writeInt(3);
            for (String[] pair : new String[][] {
                {"sasl.password", "⟦gen⟧"}, {"region", "eu-central-1"}, {"mail.password", "⟦gen⟧"}, {"password.file", "/etc/pw"}
            }) {
                string(out, pair[0]);
                out.writeBoolean(false);
                string(out, pair[1]);
            }
            string(out, "⟦ghp⟧");
            out.writeUTF("s3.access-key");
            out.writeUTF("⟦id:b⟧");
            out.writeUTF("s3.secret-key");
            out.writeUTF("⟦key:b⟧");
            out.write(bytes(new Endpoint()));
            out.writeUTF("end");
        }
    }
}
