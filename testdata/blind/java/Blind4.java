package com.acme.blind;
import java.util.*;

/** Secrets that only their collection names, and names with a stage behind them. */
class Blind4 {
    static final Map<String, String> PASSWORDS = Map.of("orders", "⟦gen⟧", "billing", "⟦gen⟧");
    static final List<String> API_TOKENS = List.of("⟦alnum40⟧");
    static final Map<String, String> SECRETS = new HashMap<>();
    static {
        SECRETS.put("eu", "⟦alnum32⟧");
    }
    static final String DB_PASSWORD_PROD = "⟦gen⟧";
    static final String API_KEY_2 = "⟦alnum32⟧";
}
