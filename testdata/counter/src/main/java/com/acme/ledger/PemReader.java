package com.acme.ledger;

import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads private keys; knows their headers, holds none. */
final class PemReader {
    private static final Pattern KEY_PATTERN = Pattern.compile(
        "-+BEGIN\\s+.*PRIVATE\\s+KEY[^-]*-+(?:\\s|\\r|\\n)+([a-z0-9+/=\\r\\n]+)-+END\\s+.*PRIVATE\\s+KEY[^-]*-+",
        Pattern.CASE_INSENSITIVE);
    private static final String EC_HEADER = "-----BEGIN EC PRIVATE KEY-----";
    private static final String ENCRYPTED_HEADER = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
    private static final String OPENSSH_HEADER = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private static final String PGP_HEADER = "-----BEGIN PGP PRIVATE KEY BLOCK-----";
    private static final String BASE64_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final String HEX_DIGITS = "0123456789abcdef";
    private static final String PASSWORD_CHARS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789!$%&";
    private static final String TOKEN_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final String SECRET_KEY_FACTORY = "PBKDF2WithHmacSHA512";
    private static final String PASSWORD_CALLBACK = "javax.security.auth.callback.PasswordCallback";
    private static final String KEYSTORE_PASSWORD_PROPERTY = "javax.net.ssl.keyStorePassword";

    static PrivateKey read(String pem, char[] password) throws Exception {
        if (pem.startsWith(ENCRYPTED_HEADER) && password == null) {
            throw new IllegalArgumentException("The private key is encrypted: a password is needed");
        }
        if (pem.contains(OPENSSH_HEADER) || pem.contains(PGP_HEADER) || pem.contains(EC_HEADER)) {
            throw new IllegalArgumentException("Not supported: " + pem.substring(0, 30));
        }
        Matcher matcher = KEY_PATTERN.matcher(pem);
        if (!matcher.find()) {
            throw new IllegalArgumentException("No private key found between " + LedgerJob.PRIVATE_KEY_HEADER
                + " and " + LedgerJob.PRIVATE_KEY_FOOTER);
        }
        byte[] key = Base64.getMimeDecoder().decode(matcher.group(1).getBytes(StandardCharsets.US_ASCII));
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key));
    }

    static String write(byte[] key) {
        return LedgerJob.PRIVATE_KEY_HEADER + "\n" + Base64.getMimeEncoder().encodeToString(key) + "\n" + LedgerJob.PRIVATE_KEY_FOOTER;
    }

    static String random(java.util.Random random) {
        StringBuilder password = new StringBuilder("pw-");
        for (int i = 0; i < 24; i++) {
            password.append(PASSWORD_CHARS.charAt(random.nextInt(PASSWORD_CHARS.length())));
        }
        return password + BASE64_ALPHABET + HEX_DIGITS + TOKEN_ALPHABET + SECRET_KEY_FACTORY + PASSWORD_CALLBACK + KEYSTORE_PASSWORD_PROPERTY;
    }
}
