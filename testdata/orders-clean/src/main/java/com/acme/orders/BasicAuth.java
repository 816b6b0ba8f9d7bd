package com.acme.orders;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Credentials that a client sends with every call. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface BasicAuth {
    String user() default "orders";

    String password() default "";
}
