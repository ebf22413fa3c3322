/** Something an emulator cannot do or does otherwise than AWS, and what the local provider does about it. */
export interface Bridge {
  /** The resource type, or `*`. */
  readonly type: string;
  readonly limit: string;
  readonly bridge: string;
}

/** Every bridge over an emulator's limits, sorted by type. The documentation's table is made from it. */
export const BRIDGES: readonly Bridge[] = [
  {
    type: "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
    limit: "MiniStack knows no encryption of the catalog.",
    bridge: "moto keeps the settings; nothing is encrypted by them.",
  },
  {
    type: "aws:glue/dataQualityRuleset:DataQualityRuleset",
    limit: "Neither emulator knows Glue Data Quality.",
    bridge: "Recorded only: the ruleset is kept in the stack's state.",
  },
  {
    type: "aws:glue/job:Job",
    limit: "MiniStack marks a Spark job as succeeded without running it.",
    bridge:
      "The job is registered as a Python shell job whose script, local/glue/run_job.py, runs the real script on the local Spark; reads show the program's own job.",
  },
  {
    type: "aws:kms/key:Key",
    limit: "A key is scheduled for deletion, as with AWS, and stays in the emulator until its window is over.",
    bridge: "The provider takes a key in that state for deleted.",
  },
  {
    type: "aws:lambda/function:Function",
    limit: "Every concurrent worker unpacks the function's whole zip file: 70 MB with DuckDB's native library.",
    bridge:
      "Node.js code is kept unpacked, one folder a content, and the zip file that goes to the emulator holds one line that loads it from there.",
  },
  {
    type: "aws:lambda/function:Function",
    limit: "Workers are processes of this machine, whatever the function's architecture says.",
    bridge: "Code that carries @duckdb's native library for another platform gets the one of this machine beside it.",
  },
  {
    type: "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
    limit: "MiniStack takes a request for it for one about the bucket: it would create or delete the bucket.",
    bridge: "Recorded only: checked against AWS's service model and kept in the stack's state.",
  },
  {
    type: "aws:s3/inventory:Inventory",
    limit: "MiniStack takes a request for it for one about the bucket: it would create or delete the bucket.",
    bridge: "Recorded only: checked against AWS's service model and kept in the stack's state.",
  },
  {
    type: "aws:sfn/stateMachine:StateMachine",
    limit: "MiniStack has no `glue:startJobRun.sync`.",
    bridge: "The task is expanded to start, wait, ask and decide; result and errors are those of the original.",
  },
];
