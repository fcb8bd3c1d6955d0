-- migration: lossy
-- This way back loses data:
--   - table `order_lines` is dropped with all its rows
--   - table `orders` is dropped with all its rows
--   - table `products` is dropped with all its rows
--   - table `idempotency_keys` is dropped with all its rows
--   - table `customers` is dropped with all its rows

-- DropTable
DROP TABLE "order_lines";

-- DropTable
DROP TABLE "orders";

-- DropTable
DROP TABLE "products";

-- DropTable
DROP TABLE "idempotency_keys";

-- DropTable
DROP TABLE "customers";

-- DropEnum
DROP TYPE "order_status";
