"""The messages of proto/attention.proto, made from the compiled descriptor beside this file.

The descriptor loads with every protobuf runtime, where generated code refuses a runtime older than
its compiler; the private pool keeps another plugin's messages of the same file name out of the way.
Types are in __init__.pyi; `make gen` rewrites both files.
"""

from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_pool = descriptor_pool.DescriptorPool()
for _file in descriptor_pb2.FileDescriptorSet.FromString(
    Path(__file__).with_name("attention.binpb").read_bytes()
).file:
    _pool.Add(_file)


def _message(name):  # type: ignore[no-untyped-def]
    return message_factory.GetMessageClass(_pool.FindMessageTypeByName(f"tb_attention.{name}"))


AttentionPluginData = _message("AttentionPluginData")
Overview = _message("Overview")
StackOverview = _message("StackOverview")
Capture = _message("Capture")
Sequence = _message("Sequence")
Stack = _message("Stack")
Layer = _message("Layer")
Effect = _message("Effect")
Cut = _message("Cut")
HeadPlace = _message("HeadPlace")
