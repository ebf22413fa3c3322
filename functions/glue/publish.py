"""
Publishes what is staged, so that a run repeated after a death half way leaves what one whole run would have left.
Before the first row is published, the state of each source names in `pending` all objects that may exist from then on.
"""


def identity(file):
    return {name: file[name] for name in ("sourceId", "key", "version", "sequencer")}


def publish(lake, files, states, results, accepted, rejected):
    """Puts what is staged in its place and removes what older versions left. Returns the partitions of either."""
    processed, quarantine = lake.buckets["processed"], lake.buckets["quarantine"]
    old = {}
    for file in files:
        state = states[file["sourceId"]] or {}
        old[file["sourceId"]] = {*state.get("outputs", []), *state.get("pending", [])}

    def announce(pair):
        file, result = pair
        state = states[file["sourceId"]] or {**identity(file), "outputs": []}
        pending = sorted({*state.get("pending", []), *result["outputs"]})
        lake.write_json(lake.buckets["artifacts"], lake.source_key(file["sourceId"]), {**state, "pending": pending})

    lake.each(announce, zip(files, results))
    prefix = lake.table["prefix"]
    copies = [
        (key, size, processed, prefix + path, rows) for staged in accepted.values() for path, key, size, rows in staged
    ]
    for source, staged in rejected.items():
        ((_, key, size, rows),) = staged
        copies.append((key, size, quarantine, lake.rejects_key(source), rows))
    lake.each(lambda one: lake.copy(*one[:4]), copies)
    lake.outputs += [{"bucket": bucket, "key": to, "bytes": size, "rows": rows} for _, size, bucket, to, rows in copies]

    stale = sorted(key for one in results for key in old[one["sourceId"]] - set(one["outputs"]))
    lake.delete(processed, stale)
    lake.removed += [f"s3://{processed}/{key}" for key in stale]
    without = [
        lake.rejects_key(file["sourceId"])
        for file in files
        if file["sourceId"] not in rejected and states[file["sourceId"]] is not None
    ]
    lake.delete(quarantine, without)
    lake.removed += [
        f"s3://{quarantine}/{state['outcome']['rejects']}"
        for state in states.values()
        if state and state.get("outcome", {}).get("rejects") in without
    ]

    touched = {}
    for key in {key for one in results for key in (*one["outputs"], *old[one["sourceId"]])}:
        values = lake.values_of(key)
        if values is not None:
            touched.setdefault(values, []).append(key)
    kept = {key for one in results for key in one["outputs"]}

    def emptied(values):
        if any(key in kept for key in touched[values]):
            return False
        return not lake.list(processed, prefix + lake.folder_of(lake.keys, values))

    if lake.keys:
        for values, empty in zip(touched, lake.each(emptied, touched)):
            lake.touch(lake.table, processed, lake.keys, values, empty)
    return set(touched)
