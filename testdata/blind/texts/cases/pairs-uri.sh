aws s3 cp x s3://b --profile p # ⟦id:a⟧ ⟦key:a⟧
export S3_URL=s3://⟦id:b⟧:⟦key:b⟧@code-bucket/jobs
rclone --s3-access-key-id ⟦id:c⟧ --s3-secret-access-key ⟦key:c⟧ ls
