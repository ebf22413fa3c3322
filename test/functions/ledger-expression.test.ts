import assert from "node:assert/strict";
import {
  all,
  any,
  conditionMembers,
  differs,
  equals,
  isBelow,
  itemExists,
  itemMissing,
  keyConditionMembers,
  updateMembers,
} from "../../functions/shared/ledger/expression";

describe("the expressions of the ledger's requests", () => {
  it("set, set once, increase and remove in one update, under a condition", () => {
    assert.deepEqual(
      updateMembers({
        set: { status: "READY", reason: undefined },
        setOnce: { claimedAt: "now" },
        increase: { attempts: 1 },
        remove: ["queuedAs", "runId"],
        when: any(equals("status", "CLAIMED"), equals("status", "FAILED")),
      }),
      {
        UpdateExpression:
          "SET #status = :v0, #claimedAt = if_not_exists(#claimedAt, :v1), " +
          "#attempts = if_not_exists(#attempts, :v2) + :v3 REMOVE #queuedAs, #runId",
        ConditionExpression: "(#status = :v4 OR #status = :v5)",
        ExpressionAttributeNames: {
          "#status": "status",
          "#claimedAt": "claimedAt",
          "#attempts": "attempts",
          "#queuedAs": "queuedAs",
          "#runId": "runId",
        },
        ExpressionAttributeValues: {
          ":v0": "READY",
          ":v1": "now",
          ":v2": 0,
          ":v3": 1,
          ":v4": "CLAIMED",
          ":v5": "FAILED",
        },
      },
    );
  });

  it("leave out what DynamoDB refuses to get empty: values that are not used, clauses without content", () => {
    assert.deepEqual(updateMembers({ remove: ["reason"], when: itemExists }), {
      UpdateExpression: "REMOVE #reason",
      ConditionExpression: "attribute_exists(#pk)",
      ExpressionAttributeNames: { "#reason": "reason", "#pk": "pk" },
    });
    assert.deepEqual(updateMembers({ set: { a: 0 } }), {
      UpdateExpression: "SET #a = :v0",
      ExpressionAttributeNames: { "#a": "a" },
      ExpressionAttributeValues: { ":v0": 0 },
    });
  });

  it("join conditions of a delete, a check and a query", () => {
    assert.deepEqual(conditionMembers(any(itemMissing, isBelow("expiresAt", 5), equals("owner", "a"))), {
      ConditionExpression: "(attribute_not_exists(#pk) OR #expiresAt < :v0 OR #owner = :v1)",
      ExpressionAttributeNames: { "#pk": "pk", "#expiresAt": "expiresAt", "#owner": "owner" },
      ExpressionAttributeValues: { ":v0": 5, ":v1": "a" },
    });
    assert.deepEqual(keyConditionMembers(all(equals("status", "READY"), differs("updatedAt", "x"))), {
      KeyConditionExpression: "#status = :v0 AND #updatedAt <> :v1",
      ExpressionAttributeNames: { "#status": "status", "#updatedAt": "updatedAt" },
      ExpressionAttributeValues: { ":v0": "READY", ":v1": "x" },
    });
  });
});
