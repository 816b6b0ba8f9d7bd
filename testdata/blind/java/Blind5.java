package com.acme.blind;

import java.lang.annotation.*;

/** Short names, and defaults behind an operator. */
class Blind5 {
    @Retention(RetentionPolicy.RUNTIME)
    @interface Value { String value(); }

    static class Short {
        String pw = "⟦gen⟧";
        String user = "svc";
    }

    static class Injected {
        @Value("#{systemProperties['db.password'] ?: '⟦gen⟧'}")
        String dbPassword;
        @Value("#{environment['MAIL_PASSWORD']}")
        String mailPassword;
    }
}
