from enum import StrEnum


class DeliveryState(StrEnum):
    DELIVERY_DELIVERED = "delivered"
    DELIVERY_FAILED = "failed"
    DELIVERY_PENDING = "pending"

    def __str__(self) -> str:
        return str(self.value)
