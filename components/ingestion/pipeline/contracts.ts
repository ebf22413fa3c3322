import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CompiledContract } from "../../../contracts/compiled";
import type { Scope } from "../../core/scope";
import type { DataCatalog } from "../../catalog/data-catalog";
import type { SecureBucket } from "../../storage/secure-bucket";

/**
 * Uploads one object a dataset. The object of a scheduled dataset names its job: a function's environment ends at 4 KB, which
 * the names of some sixty jobs would fill (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */
export function publishContracts(
  scope: Scope,
  contracts: readonly CompiledContract[],
  { bucketName, ready }: SecureBucket,
  jobs: ReadonlyMap<string, pulumi.Output<string>>,
): pulumi.Resource[] {
  return contracts.map((contract) => {
    const bookmarkJob = jobs.get(contract.dataset);
    return new aws.s3.BucketObjectv2(
      `${scope.name}-contract-${contract.dataset}`,
      {
        bucket: bucketName,
        key: contract.contractKey,
        content: bookmarkJob ? pulumi.jsonStringify({ ...contract, bookmarkJob }) : JSON.stringify(contract),
        contentType: "application/json",
      },
      scope.child({ dependsOn: ready }),
    );
  });
}

/** Makes the Data Quality rulesets of the datasets that have rules. */
export function publishQuality(scope: Scope, contracts: readonly CompiledContract[], catalog: DataCatalog): void {
  for (const { dataset, quality } of contracts) {
    if (quality === undefined) continue;
    new aws.glue.DataQualityRuleset(
      `${scope.name}-${dataset}-quality`,
      { ruleset: quality, targetTable: { databaseName: catalog.databaseName, tableName: catalog.tableName(dataset) } },
      scope.child(),
    );
  }
}
