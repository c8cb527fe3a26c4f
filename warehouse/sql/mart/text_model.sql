-- grain: one kind of text model: the one in use, with its card
select
    m.model_kind,
    m.model_version,
    m.data_digest,
    m.example_count,
    m.correction_count,
    m.accuracy,
    m.macro_f1,
    m.calibration_error,
    m.sure_share,
    m.least_probability,
    m.model_card
from text.model as m
order by m.model_kind
