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
];
