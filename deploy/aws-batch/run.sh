#!/bin/sh
# run.sh STACK SHARDS: starts a scan in so many shards, and the merge that follows when all have ended.
# Needs the AWS CLI, and a stack of template.yaml.
set -eu
stack=${1:?the name of the stack}
shards=${2:?the number of shards, 2 to 10000}
run=$(date -u +%Y-%m-%dT%H-%M-%SZ)

output() {
  aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}
queue=$(output Queue)
reports="s3://$(output Reports)/$run"
environment="environment=[{name=REPORTS,value=$reports}]"

scan=$(aws batch submit-job --job-name "keysift-scan-$run" --job-queue "$queue" \
  --job-definition "$(output ScanJob)" --array-properties "size=$shards" \
  --container-overrides "$environment" --query jobId --output text)
merge=$(aws batch submit-job --job-name "keysift-merge-$run" --job-queue "$queue" \
  --job-definition "$(output MergeJob)" --depends-on "jobId=$scan" \
  --container-overrides "$environment" --query jobId --output text)
echo "scan $scan, merge $merge, report $reports/merged.json"
