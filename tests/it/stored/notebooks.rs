//! Tests of notebooks.

use super::findings;
use crate::support::{keysift, stdout};

#[test]
fn jupyter() {
    // Lines and columns are those of the JSON file, and the lines of outputs follow those of the
    // source, which stands behind them there.
    assert_eq!(
        findings("testdata/stored/orders.ipynb"),
        [
            "aws-access-key-pair AKIAUJZDEGXDNCF32EPF 2hpChYgCfrL1spNxnyVmihA+2O76UMFxFkM+R5Kj @34:47 cell 3:4",
            "database-password vT7kq2mWx9 @46:23 cell 4:1",
            "generic-password bQ4zt8Lw1n @62:40 cell 5:4",
            "generic-password bQ4zt8Lw1n @77:54 cell 5:1",
            "gitlab-token glpat-Xk3vQz8Lw2Rt7Ym9Pq4B @89:26 cell 6:2",
        ]
    );
}

#[test]
fn zeppelin() {
    assert_eq!(
        findings("testdata/stored/market.zpln"),
        [
            "aws-access-key-pair AKIAH2KVJ72CEUVW75EF I8ihN5KXSc7Tvo+hBKqFYY+kv5ZJr3J1TWDtkwtD @4:117 cell 1:4",
            "generic-password mR5wt2Kz8v @24:236 cell 2:10",
            "generic-password mR5wt2Kz8v @76:137 cell 3:4",
            "kafka-jaas-password hN6yc3Pq7s @82:234 cell 4:5",
        ]
    );
}

#[test]
fn the_text_report_names_the_cell() {
    let text = stdout(&keysift(&["scan", "testdata/stored/orders.ipynb"]));
    assert!(text.contains("orders.ipynb:46 (cell 4, line 1)"), "{text}");
}
