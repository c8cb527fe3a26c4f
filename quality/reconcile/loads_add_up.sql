-- delivered = accepted + quarantined + repeated, for every delivery
select
    l.feed_id || '/' || l.source_id || ' ' || l.file_name || ': delivered ' || l.delivered_count
    || ', accepted ' || l.accepted_count || ', quarantined ' || l.quarantined_count || ', repeated ' || l.repeated_count as failure
from run.load as l
where l.delivered_count <> l.accepted_count + l.quarantined_count + l.repeated_count
order by failure
