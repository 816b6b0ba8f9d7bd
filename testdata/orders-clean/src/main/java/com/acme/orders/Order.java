package com.acme.orders;

import java.io.Serializable;

/** One line of the feed: {@code id;customer;cents;currency}. */
public final class Order implements Serializable {
    private static final long serialVersionUID = 1L;

    public String id;
    public String customer;
    public long cents;
    public String currency;

    public Order() {}

    Order(String id, String customer, long cents, String currency) {
        this.id = id;
        this.customer = customer;
        this.cents = cents;
        this.currency = currency;
    }

    @Override
    public String toString() {
        return "Order{id=" + id + ", customer=" + customer + ", cents=" + cents + ", currency=" + currency + '}';
    }
}
