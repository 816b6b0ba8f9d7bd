FEISHU = "https://open.larksuite.com/open-apis/bot/v2/hook/⟦uuid⟧"
requests.post("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=⟦uuid⟧", json=body)
headers = {"Authorization": "Splunk ⟦uuid⟧"}
