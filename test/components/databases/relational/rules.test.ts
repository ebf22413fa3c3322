import assert from "node:assert/strict";
import { addressRange, liesWithin } from "../../../../components/databases/relational/address-ranges";
import { caBundleUrl } from "../../../../components/databases/relational/connection-guide";
import { databaseIdentifier } from "../../../../components/databases/relational/identity";
import { storageOf, storageSettings, type DatabaseStorage } from "../../../../components/databases/relational/storage";
import { checkWindows } from "../../../../components/databases/relational/windows";
import {
  DATABASE_ENGINES,
  engineVersion,
  type DatabaseEngine,
} from "../../../../components/databases/relational/engine-facts";
import { memoryGiB, usualConnections } from "../../../../components/databases/relational/instance-classes";
import { z } from "zod";
import { parseSettings } from "../../../../components/core/settings";
import { ArgumentCheck, ComponentArgumentError } from "../../../../components/core/validate";

const check = new ArgumentCheck("RelationalDatabase", "orders");

type Storage = NonNullable<DatabaseStorage>;

/** Reads the storage as the component does, its defaults filled in. */
function storageWith(engine: DatabaseEngine, topology: string, given: Storage): ReturnType<typeof storageOf> {
  const { settings, problems } = parseSettings(z.strictObject({ storage: storageSettings }), { storage: given });
  if (!settings || problems.length > 0) throw new ComponentArgumentError("RelationalDatabase", "orders", problems);
  return storageOf(engine, topology, settings.storage, check);
}

describe("storage of a database", () => {
  const TAKEN: readonly (readonly [DatabaseEngine, Storage])[] = [
    ["postgres", {}],
    ["postgres", { allocatedGiB: 20, maxAllocatedGiB: 22 }],
    ["postgres", { allocatedGiB: 400, iops: 12_000, throughputMiBps: 500 }],
    ["postgres", { allocatedGiB: 400, iops: 16_000, throughputMiBps: 4000 }],
    ["oracle-ee", { allocatedGiB: 200, iops: 12_000 }],
    ["sqlserver-se", { allocatedGiB: 20, iops: 3000, throughputMiBps: 125 }],
    ["mysql", { type: "io1", allocatedGiB: 100, iops: 1000 }],
    ["mysql", { type: "io1", allocatedGiB: 100, iops: 5000 }],
    ["mysql", { type: "io2", allocatedGiB: 100, iops: 100_000 }],
    ["sqlserver-se", { type: "io1", allocatedGiB: 1000, iops: 1000 }],
    ["mariadb", { type: "standard", allocatedGiB: 5 }],
    ["mariadb", { type: "gp2", allocatedGiB: 65_536 }],
  ];
  for (const [engine, storage] of TAKEN) {
    it(`takes ${JSON.stringify(storage)} of ${engine}`, () => {
      const { type, allocatedGiB } = storageWith(engine, "standby", storage);
      assert.deepEqual([type, allocatedGiB], [storage.type ?? "gp3", storage.allocatedGiB ?? 100]);
    });
  }

  const REFUSED: readonly (readonly [DatabaseEngine, Storage, RegExp, string?])[] = [
    ["postgres", { allocatedGiB: 19 }, /allocatedGiB is 19; allowed: a whole number from 20 to 65536/],
    ["sqlserver-se", { allocatedGiB: 16_385 }, /from 20 to 16384/],
    [
      "postgres",
      { allocatedGiB: 100, maxAllocatedGiB: 109 },
      /maxAllocatedGiB is 109; allowed: a whole number from 110/,
    ],
    ["postgres", { allocatedGiB: 399, iops: 12_000 }, /storage\.iops is 12000; allowed: unset below 400 GiB of gp3/],
    ["postgres", { allocatedGiB: 399, throughputMiBps: 500 }, /throughputMiBps is 500; allowed: unset below 400 GiB/],
    ["oracle-se2", { allocatedGiB: 199, iops: 12_000 }, /unset below 200 GiB/],
    [
      "postgres",
      { allocatedGiB: 400, iops: 3000 },
      /storage\.iops is 3000; allowed: a whole number from 12000 to 64000/,
    ],
    ["postgres", { allocatedGiB: 400, throughputMiBps: 4000 }, /a quarter of the IOPS \(12000\)/],
    ["sqlserver-se", { iops: 16_001 }, /from 3000 to 16000/],
    [
      "mysql",
      { type: "io1", allocatedGiB: 100 },
      /storage\.iops is unset; allowed: a whole number from 1000 to 256000/,
    ],
    ["mysql", { type: "io1", allocatedGiB: 100, iops: 5001 }, /so 50 to 5000/],
    ["mysql", { type: "io1", allocatedGiB: 4000, iops: 1999 }, /so 2000 to 200000/],
    ["sqlserver-se", { type: "io1", allocatedGiB: 1001, iops: 1000 }, /so 1001 to 50050/],
    ["mysql", { type: "io1", allocatedGiB: 99, iops: 1000 }, /from 100 to 65536/],
    ["mysql", { type: "io2", allocatedGiB: 100, iops: 100_001 }, /so 50 to 100000/],
    [
      "mysql",
      { type: "io2", allocatedGiB: 100, iops: 1000, throughputMiBps: 250 },
      /throughputMiBps is 250; allowed: unset, with io2/,
    ],
    ["mysql", { type: "gp2", iops: 3000 }, /storage\.iops is 3000; allowed: unset, with gp2/],
    ["mysql", { type: "standard", allocatedGiB: 100, maxAllocatedGiB: 200 }, /no storage grows on magnetic disks/],
    ["mysql", { type: "standard", allocatedGiB: 3073 }, /from 5 to 3072/],
    ["mysql", { type: "gp4" as never }, /storage\.type is "gp4"; allowed: gp3, io1, io2, gp2, standard/],
    ["mysql", { type: "gp2" }, /storage\.type is "gp2"; allowed: gp3, io1, io2/, "readableStandbys"],
    ["mysql", { maxAllocatedGiB: 200 }, /no storage grows with readable standbys/, "readableStandbys"],
  ];
  for (const [engine, storage, message, topology = "standby"] of REFUSED) {
    it(`refuses ${JSON.stringify(storage)} of ${engine}, ${topology}`, () => {
      assert.throws(() => storageWith(engine, topology, storage), message);
    });
  }
});

describe("windows of a database", () => {
  const TAKEN = [
    ["01:00-02:00", "sun:03:00-sun:04:00"],
    ["23:45-00:15", "sun:00:15-sun:00:45"],
    ["01:00-02:00", "sun:23:30-mon:00:30"],
    ["03:00-03:30", "mon:03:30-tue:03:00"],
  ] as const;
  for (const [backup, maintenance] of TAKEN) {
    it(`may be ${backup} and ${maintenance}`, () => checkWindows(backup, maintenance, check));
  }
  const REFUSED = [
    ["01:00-01:29", "sun:03:00-sun:04:00", /backup\.window is "01:00-01:29"; allowed: 30 minutes at least/],
    ["1:00-2:00", "sun:03:00-sun:04:00", /hh:mm-hh:mm/],
    ["24:00-00:30", "sun:03:00-sun:04:00", /hh:mm-hh:mm/],
    ["01:00-02:00", "03:00-04:00", /ddd:hh:mm-ddd:hh:mm/],
    ["01:00-02:00", "Sun:03:00-Sun:04:00", /ddd:hh:mm-ddd:hh:mm/],
    ["01:00-02:00", "sun:03:00-sun:03:20", /maintenance\.window .* 30 minutes at least/],
    ["01:00-02:00", "sun:03:00-mon:03:00", /less than a day/],
    ["01:00-02:00", "sun:01:30-sun:02:30", /does not overlap/],
    ["23:45-00:30", "mon:00:00-mon:00:30", /does not overlap/],
    ["00:00-00:30", "sun:23:45-mon:00:15", /does not overlap/],
    ["02:00-03:00", "sat:23:00-sun:04:00", /does not overlap/],
  ] as const;
  for (const [backup, maintenance, message] of REFUSED) {
    it(`may not be ${backup} and ${maintenance}`, () =>
      assert.throws(() => checkWindows(backup, maintenance, check), message));
  }
});

describe("facts of engines and classes", () => {
  it("know a version and a parameter group's family of every engine", () => {
    for (const engine of DATABASE_ENGINES) {
      const { version, family, majorVersion } = engineVersion(engine, undefined, check);
      assert.ok(version && majorVersion && family.startsWith(engine), `${engine}: ${family}`);
    }
    assert.equal(engineVersion("aurora-mysql", "8.0.mysql_aurora.3.10.0", check).family, "aurora-mysql8.0");
    assert.equal(engineVersion("sqlserver-ex", "16.00.4195.2.v1", check).family, "sqlserver-ex-16.0");
    assert.equal(engineVersion("oracle-ee-cdb", "21", check).family, "oracle-ee-cdb-21");
    assert.throws(() => engineVersion("oracle-ee", "21", check), /engineVersion is "21"; allowed: 19/);
  });

  it("know the memory of classes, and the connections that follow from it", () => {
    const memory = {
      "db.t4g.micro": 1,
      "db.t3.medium": 4,
      "db.r7g.large": 16,
      "db.m6i.4xlarge": 64,
      "db.x2g.large": 32,
    };
    for (const [name, gib] of Object.entries(memory)) assert.equal(memoryGiB(name), gib, name);
    assert.equal(memoryGiB("db.serverless"), undefined);
    assert.equal(usualConnections("postgres", "db.r7g.16xlarge"), 5000);
    assert.equal(usualConnections("mysql", "db.r7g.large"), 1365);
    assert.equal(usualConnections("aurora-mysql", "db.r5.large"), 1069);
  });

  it("know where the certificates of each partition are", () => {
    assert.match(caBundleUrl("aws", "eu-central-1"), /^https:\/\/truststore\.pki\.rds\.amazonaws\.com\/global\//);
    assert.match(caBundleUrl("aws-us-gov", "us-gov-west-1"), /us-gov-west-1/);
    assert.match(caBundleUrl("aws-cn", "cn-north-1"), /amazonaws\.com\.cn/);
  });
});

describe("identifiers of databases", () => {
  const facts = { engine: "postgres", adminName: "platform_admin", databaseName: "orders", keyArn: "arn:aws:kms:key" };

  it("are what RDS takes, with room for members and replicas, whatever the subnet group is called", () => {
    for (const group of [
      "orders-subnets-1a2b3c4",
      "9--Orders.X_y-subnets-1a2b3c4",
      `${"long-".repeat(40)}subnets-1a2b3c4`,
      "-",
      "given",
    ]) {
      const identifier = databaseIdentifier(group, facts);
      assert.match(identifier, /^[a-z](-?[a-z0-9])*$/, group);
      assert.ok(identifier.length <= 44, identifier);
    }
  });

  it("differ where AWS would replace the database, and where Pulumi made another subnet group", () => {
    const group = "orders-subnets-1a2b3c4";
    const one = databaseIdentifier(group, facts);
    assert.equal(databaseIdentifier(group, { ...facts }), one);
    for (const change of [
      { engine: "mysql" },
      { adminName: "chief" },
      { databaseName: undefined },
      { keyArn: "arn:aws:kms:other" },
    ])
      assert.notEqual(databaseIdentifier(group, { ...facts, ...change }), one);
    assert.notEqual(databaseIdentifier("orders-subnets-5d6e7f8", facts), one);
  });
});

describe("address ranges", () => {
  it("lie in others, or are none", () => {
    assert.ok(liesWithin("10.0.1.0/24", "10.0.0.0/16"));
    assert.ok(liesWithin("10.0.0.0/16", "10.0.0.0/16"));
    assert.ok(!liesWithin("10.1.0.0/24", "10.0.0.0/16"));
    assert.ok(!liesWithin("10.0.0.0/8", "10.0.0.0/16"));
    for (const none of ["10.0.0.1/24", "10.0.0.256/32", "10.0.0.0", "10.0.0.0/33", "::/0"])
      assert.equal(addressRange(none), undefined, none);
  });
});
