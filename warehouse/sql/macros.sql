-- Functions that our SQL uses beyond the engine's own; the one place to change for another engine.

-- A name without the variants that people type: width, case, brackets, spaces, punctuation. Few names have wide letters, and
-- looking for them costs a tenth of translating.
create or replace macro narrow(x) as
    case when regexp_matches(x, '[Ａ-Ｚａ-ｚ０-９]')
        then translate(lower(x), 'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９', 'abcdefghijklmnopqrstuvwxyz0123456789')
        else lower(x) end;
create or replace macro name_key(x) as
    nullif(regexp_replace(narrow(nfc_normalize(x)), '[\s\x{00A0}\x{3000}()（）\[\]【】〔〕{}<>《》·•.,，。、''"‘’“”&/#*_-]', '', 'g'), '');

-- A name without the number of a branch: shops of one chain, or of one owner, share it.
create or replace macro chain_key(x) as
    nullif(regexp_replace(name_key(x), '[0-9]', '', 'g'), '');

-- How a source names an entity, as one text; null where it names nobody.
create or replace macro mention_key(entity_code, entity_name, district_code) as
    case when entity_code is not null or entity_name is not null
        then coalesce(entity_code, '') || '|' || coalesce(entity_name, '') || '|' || coalesce(district_code, '') end;

-- Stable entity id: the first 60 bits of SHA-256 over register and code; never reused, needs no counter.
create or replace macro entity_key(code_system, entity_code) as
    cast('0x' || substr(sha256(code_system || ':' || entity_code), 1, 15) as bigint);

-- Integer division rounded half to even, for d > 0 and any n. Twin of models.scorecard (tested equal). No CASE: the engine
-- computes an expression that stands outside of one only once.
create or replace macro half_even(n, d) as
    (n // d) + sign(n) * cast(2 * abs(n - (n // d) * d) + ((n // d) & 1) > d as tinyint);

-- The same where n needs 128 bits, for |n| < 2^113, 0 < d < 2^62 and an outcome below 2^50 (beyond, a double's next best). The
-- engine divides 128 bits one by one (0.6 µs, 64 at once 0.02); a double is at most one off, and what remains says whether.
create or replace macro nearly(n, d) as
    cast(round(cast(n as double) / nullif(d, 0)) as hugeint);
create or replace macro half_even_wide(n, d) as
    nearly(n, d) + sign(n - nearly(n, d) * d) * cast(2 * abs(n - nearly(n, d) * d) + (nearly(n, d) & 1) > d as tinyint);

-- A whole number of millionths as an exact decimal, and a ratio of two whole numbers as one, rounded half to even.
create or replace macro micro(n) as
    cast(n as decimal(12, 0)) * cast(0.000001 as decimal(6, 6));
create or replace macro ratio(n, d) as
    micro(half_even(cast(n as bigint) * 1000000, cast(d as bigint)));

-- Events per unit of exposure, as if `weight` units at the rate `towards` were added, and that rate as a multiple of
-- `towards`; exposure and rates in millionths, in *_micro the events too, for those that fade. Twins of models.scorecard.peer
-- (tested equal).
create or replace macro shrunk_micro(events, exposure, towards, weight) as
    half_even_wide((cast(events as hugeint) + weight * towards) * 1000000, exposure + weight * 1000000);
create or replace macro relative_micro(events, exposure, towards, weight) as
    micro(cast(least(
        cast(coalesce(towards, 0) > 0 as tinyint)
        * half_even_wide(shrunk_micro(events, exposure, coalesce(towards, 0), weight) * 1000000, greatest(coalesce(towards, 0), 1))
        + cast(coalesce(towards, 0) <= 0 as tinyint) * cast(events as hugeint), 999999000000) as bigint));
create or replace macro shrunk(events, exposure, towards, weight) as
    shrunk_micro(cast(events as hugeint) * 1000000, exposure, towards, weight);
create or replace macro relative(events, exposure, towards, weight) as
    relative_micro(cast(events as hugeint) * 1000000, exposure, towards, weight);

-- The one value of a group; null where the group holds different ones.
create or replace macro sole(x) as
    case when min(x) = max(x) then min(x) end;

-- Events against the number expected (in millionths), both as if `weight` more were known; 1 is as expected.
create or replace macro burst_micro(events, expected, weight) as
    micro(cast(half_even_wide((cast(events as hugeint) + weight * 1000000) * 1000000, expected + weight * 1000000) as bigint));
create or replace macro burst(events, expected, weight) as
    burst_micro(cast(events as hugeint) * 1000000, expected, weight);

-- The day that is `months` after `since` under a rule in force from first_day to last_day (null: still); null when that day
-- lies beyond the rule, or the rule knows no such term. The earliest over all rules is the lawful one.
create or replace macro term_day(since, months, first_day, last_day) as
    case when greatest(first_day, cast(since + to_months(months) as date)) <= coalesce(last_day, date '9999-12-31')
        and months is not null then greatest(first_day, cast(since + to_months(months) as date)) end;

-- One field of a hashed message: byte length, colon, bytes (docs/draw_protocol.md).
create or replace macro field(x) as
    strlen(x) || ':' || x;

-- A share of `n` cases as if `weight` more at the share of all (total of total_n) were known, in millionths, half to even.
create or replace macro shrunk_share(events, n, total, total_n, weight) as
    case when total_n > 0 then micro(half_even(
        (cast(events as bigint) * cast(total_n as bigint) + cast(weight as bigint) * cast(total as bigint)) * 1000000,
        (cast(n as bigint) + weight) * cast(total_n as bigint))) end;

-- How far a count lies above what was expected, in standard deviations: the signed root of the Poisson deviance.
create or replace macro excess(events, expected) as
    case when events > expected and expected > 0
        then sqrt(2 * (events * ln(cast(events as double) / expected) - (events - expected))) else 0 end;

-- A text without what names a person or an account, and its beginning as pages may show it (no CASE: masked once). Twins of
-- models/text/excerpt.py (tested equal).
create or replace macro masked(body) as
    trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        body,
        'https?://[0-9A-Za-z./?=&%_-]+', '', 'g'),
        '@[^ \t\r\n\x{3000}@:：，。,]+', '@…', 'g'),
        '[0-9０-９][0-9０-９ -]{4,}[0-9０-９]', '…', 'g'),
        '[0-9A-Za-z]{7,}', '…', 'g'),
        '[ \t\r\n\x{3000}]+', ' ', 'g'), ' ');
create or replace macro excerpt(body, letters) as
    left(masked(body), letters) || repeat('…', cast(length(masked(body)) > letters as integer));
