from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AttentionPluginData(_message.Message):
    __slots__ = ("version", "overview", "capture")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    OVERVIEW_FIELD_NUMBER: _ClassVar[int]
    CAPTURE_FIELD_NUMBER: _ClassVar[int]
    version: int
    overview: Overview
    capture: Capture
    def __init__(self, version: _Optional[int] = ..., overview: _Optional[_Union[Overview, _Mapping]] = ..., capture: _Optional[_Union[Capture, _Mapping]] = ...) -> None: ...

class Overview(_message.Message):
    __slots__ = ("model", "stacks", "metrics")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    STACKS_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    model: str
    stacks: _containers.RepeatedCompositeFieldContainer[StackOverview]
    metrics: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, model: _Optional[str] = ..., stacks: _Optional[_Iterable[_Union[StackOverview, _Mapping]]] = ..., metrics: _Optional[_Iterable[str]] = ...) -> None: ...

class StackOverview(_message.Message):
    __slots__ = ("name", "layers", "heads")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    HEADS_FIELD_NUMBER: _ClassVar[int]
    name: str
    layers: _containers.RepeatedScalarFieldContainer[int]
    heads: int
    def __init__(self, name: _Optional[str] = ..., layers: _Optional[_Iterable[int]] = ..., heads: _Optional[int] = ...) -> None: ...

class Capture(_message.Message):
    __slots__ = ("session", "files", "model", "kind", "sequences", "stacks", "metrics", "notes", "effects")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SEQUENCES_FIELD_NUMBER: _ClassVar[int]
    STACKS_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    session: str
    files: int
    model: str
    kind: str
    sequences: _containers.RepeatedCompositeFieldContainer[Sequence]
    stacks: _containers.RepeatedCompositeFieldContainer[Stack]
    metrics: _containers.RepeatedScalarFieldContainer[str]
    notes: _containers.RepeatedScalarFieldContainer[str]
    effects: _containers.RepeatedCompositeFieldContainer[Effect]
    def __init__(self, session: _Optional[str] = ..., files: _Optional[int] = ..., model: _Optional[str] = ..., kind: _Optional[str] = ..., sequences: _Optional[_Iterable[_Union[Sequence, _Mapping]]] = ..., stacks: _Optional[_Iterable[_Union[Stack, _Mapping]]] = ..., metrics: _Optional[_Iterable[str]] = ..., notes: _Optional[_Iterable[str]] = ..., effects: _Optional[_Iterable[_Union[Effect, _Mapping]]] = ...) -> None: ...

class Effect(_message.Message):
    __slots__ = ("number", "value", "replace", "controls", "cuts", "first", "second", "at")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    REPLACE_FIELD_NUMBER: _ClassVar[int]
    CONTROLS_FIELD_NUMBER: _ClassVar[int]
    CUTS_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    SECOND_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    number: str
    value: float
    replace: str
    controls: _containers.RepeatedCompositeFieldContainer[HeadPlace]
    cuts: _containers.RepeatedCompositeFieldContainer[Cut]
    first: _containers.RepeatedScalarFieldContainer[str]
    second: _containers.RepeatedScalarFieldContainer[str]
    at: int
    def __init__(self, number: _Optional[str] = ..., value: _Optional[float] = ..., replace: _Optional[str] = ..., controls: _Optional[_Iterable[_Union[HeadPlace, _Mapping]]] = ..., cuts: _Optional[_Iterable[_Union[Cut, _Mapping]]] = ..., first: _Optional[_Iterable[str]] = ..., second: _Optional[_Iterable[str]] = ..., at: _Optional[int] = ...) -> None: ...

class Cut(_message.Message):
    __slots__ = ("name", "heads", "value", "losses")
    NAME_FIELD_NUMBER: _ClassVar[int]
    HEADS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LOSSES_FIELD_NUMBER: _ClassVar[int]
    name: str
    heads: _containers.RepeatedCompositeFieldContainer[HeadPlace]
    value: float
    losses: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, name: _Optional[str] = ..., heads: _Optional[_Iterable[_Union[HeadPlace, _Mapping]]] = ..., value: _Optional[float] = ..., losses: _Optional[_Iterable[float]] = ...) -> None: ...

class HeadPlace(_message.Message):
    __slots__ = ("stack", "layer", "head")
    STACK_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    stack: str
    layer: int
    head: int
    def __init__(self, stack: _Optional[str] = ..., layer: _Optional[int] = ..., head: _Optional[int] = ...) -> None: ...

class Sequence(_message.Message):
    __slots__ = ("name", "text", "tokens", "pieces", "ids", "starts", "ends", "special", "segments", "prompt", "spans", "documents", "losses")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    PIECES_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    STARTS_FIELD_NUMBER: _ClassVar[int]
    ENDS_FIELD_NUMBER: _ClassVar[int]
    SPECIAL_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    SPANS_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    LOSSES_FIELD_NUMBER: _ClassVar[int]
    name: str
    text: str
    tokens: _containers.RepeatedScalarFieldContainer[bytes]
    pieces: _containers.RepeatedScalarFieldContainer[str]
    ids: _containers.RepeatedScalarFieldContainer[int]
    starts: _containers.RepeatedScalarFieldContainer[int]
    ends: _containers.RepeatedScalarFieldContainer[int]
    special: _containers.RepeatedScalarFieldContainer[bool]
    segments: _containers.RepeatedScalarFieldContainer[int]
    prompt: int
    spans: _containers.RepeatedCompositeFieldContainer[Span]
    documents: _containers.RepeatedScalarFieldContainer[int]
    losses: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, name: _Optional[str] = ..., text: _Optional[str] = ..., tokens: _Optional[_Iterable[bytes]] = ..., pieces: _Optional[_Iterable[str]] = ..., ids: _Optional[_Iterable[int]] = ..., starts: _Optional[_Iterable[int]] = ..., ends: _Optional[_Iterable[int]] = ..., special: _Optional[_Iterable[bool]] = ..., segments: _Optional[_Iterable[int]] = ..., prompt: _Optional[int] = ..., spans: _Optional[_Iterable[_Union[Span, _Mapping]]] = ..., documents: _Optional[_Iterable[int]] = ..., losses: _Optional[_Iterable[float]] = ...) -> None: ...

class Span(_message.Message):
    __slots__ = ("name", "first", "last")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    name: str
    first: int
    last: int
    def __init__(self, name: _Optional[str] = ..., first: _Optional[int] = ..., last: _Optional[int] = ...) -> None: ...

class Stack(_message.Message):
    __slots__ = ("name", "query_sequence", "key_sequence", "layers")
    NAME_FIELD_NUMBER: _ClassVar[int]
    QUERY_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    KEY_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    name: str
    query_sequence: int
    key_sequence: int
    layers: _containers.RepeatedCompositeFieldContainer[Layer]
    def __init__(self, name: _Optional[str] = ..., query_sequence: _Optional[int] = ..., key_sequence: _Optional[int] = ..., layers: _Optional[_Iterable[_Union[Layer, _Mapping]]] = ...) -> None: ...

class Layer(_message.Message):
    __slots__ = ("layer", "module", "heads", "key_heads", "neurons", "scale", "causal", "query_start", "softcap", "sinks", "mask", "bias", "weights_only", "rotary", "implementation", "logged_heads", "error", "unchecked", "projection", "value_norms")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    MODULE_FIELD_NUMBER: _ClassVar[int]
    HEADS_FIELD_NUMBER: _ClassVar[int]
    KEY_HEADS_FIELD_NUMBER: _ClassVar[int]
    NEURONS_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    CAUSAL_FIELD_NUMBER: _ClassVar[int]
    QUERY_START_FIELD_NUMBER: _ClassVar[int]
    SOFTCAP_FIELD_NUMBER: _ClassVar[int]
    SINKS_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    BIAS_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_ONLY_FIELD_NUMBER: _ClassVar[int]
    ROTARY_FIELD_NUMBER: _ClassVar[int]
    IMPLEMENTATION_FIELD_NUMBER: _ClassVar[int]
    LOGGED_HEADS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    UNCHECKED_FIELD_NUMBER: _ClassVar[int]
    PROJECTION_FIELD_NUMBER: _ClassVar[int]
    VALUE_NORMS_FIELD_NUMBER: _ClassVar[int]
    layer: int
    module: str
    heads: int
    key_heads: int
    neurons: int
    scale: float
    causal: bool
    query_start: int
    softcap: float
    sinks: _containers.RepeatedScalarFieldContainer[float]
    mask: int
    bias: int
    weights_only: bool
    rotary: bool
    implementation: str
    logged_heads: _containers.RepeatedScalarFieldContainer[int]
    error: float
    unchecked: str
    projection: str
    value_norms: bool
    def __init__(self, layer: _Optional[int] = ..., module: _Optional[str] = ..., heads: _Optional[int] = ..., key_heads: _Optional[int] = ..., neurons: _Optional[int] = ..., scale: _Optional[float] = ..., causal: _Optional[bool] = ..., query_start: _Optional[int] = ..., softcap: _Optional[float] = ..., sinks: _Optional[_Iterable[float]] = ..., mask: _Optional[int] = ..., bias: _Optional[int] = ..., weights_only: _Optional[bool] = ..., rotary: _Optional[bool] = ..., implementation: _Optional[str] = ..., logged_heads: _Optional[_Iterable[int]] = ..., error: _Optional[float] = ..., unchecked: _Optional[str] = ..., projection: _Optional[str] = ..., value_norms: _Optional[bool] = ...) -> None: ...
